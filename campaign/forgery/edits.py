"""What a forger does to a certificate: change one field, several, or a whole section, and compute the digest anew."""

import copy
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, TypeAlias

Body: TypeAlias = dict[str, Any]
Path: TypeAlias = tuple[str | int, ...]

FOR_PEOPLE = ("method", "detail", "counterexample")
"""Fields of a finding that explain, and are not part of a claim."""


def statement(body: Body) -> Any:
    """What a certificate says is true: everything except explanations, versions of software, and hashes."""
    labels = ("digest", "versions", "spec_sha256", "target_sha256")
    out = {k: v for k, v in body.items() if k not in labels}
    if isinstance(out.get("findings"), list):
        out["findings"] = [
            {k: v for k, v in f.items() if k not in FOR_PEOPLE} if isinstance(f, dict) else f
            for f in out["findings"]
        ]
    return out


def digested(body: Body) -> str:
    """The text of a certificate, with a digest that fits."""
    rest = {key: value for key, value in body.items() if key != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return json.dumps(rest | {"digest": hashlib.sha256(text.encode()).hexdigest()}, ensure_ascii=False)


def forged(body: Body, donors: Mapping[str, Body], source: Random) -> tuple[str, Body]:
    """A forgery, and what was done to make it.

    Args:
        body: content of an honest certificate.
        donors: other honest certificates, by name, whose sections may be put in.
        source: source of randomness.

    Returns:
        The kind of edit, and the new body; its statement may by chance be that of the old one.
    """
    out = copy.deepcopy(body)
    kind = source.choices(["one field", "two fields", "directed", "section of another"], [6, 2, 3, 1])[0]
    if kind == "directed":
        name = source.choice(list(DIRECTED))
        DIRECTED[name](out, source)
        kind = name
    elif kind == "section of another":
        _splice(out, donors[source.choice(sorted(donors))], source)
    else:
        words = [_edit(out, source) for _ in range(1 if kind == "one field" else 2)]
        kind = f"{words[0]} {kind}" if kind == "one field" else kind
    if source.random() < 0.5:
        _mend(out)
    return kind, out


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in plain data except the root."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


def _edit(body: Body, source: Random) -> str:
    """Change one place. Entries of the two top levels are equally likely, so that gates do not hide the rest."""
    paths = [path for path in _paths(body) if path[0] not in ("digest", "versions")]
    heads: dict[Path, list[Path]] = {}
    for path in paths:
        heads.setdefault(path[:2], []).append(path)
    path = source.choice(heads[source.choice(list(heads))])
    parent = body
    for key in path[:-1]:
        parent = parent[key]  # type: ignore[index]
    word = source.choice(list(EDITS))
    EDITS[word](parent, path[-1], source)
    return word


def _drop(parent: Any, key: Any, source: Random) -> None:
    del parent[key]


def _empty(parent: Any, key: Any, source: Random) -> None:
    old = parent[key]
    parent[key] = (
        type(old)() if isinstance(old, dict | list | str) else 0 if isinstance(old, int | float) else None
    )


def _swap(parent: Any, key: Any, source: Random) -> None:
    keys = list(parent) if isinstance(parent, dict) else list(range(len(parent)))
    other = source.choice(keys)
    parent[key], parent[other] = parent[other], parent[key]


def _double(parent: Any, key: Any, source: Random) -> None:
    if isinstance(parent, list):
        parent.insert(key, copy.deepcopy(parent[key]))
    else:
        parent[f"{key} 2"] = copy.deepcopy(parent[key])


def _alter(parent: Any, key: Any, source: Random) -> None:
    old = parent[key]
    if isinstance(old, bool):
        parent[key] = not old
    elif isinstance(old, int | float):
        parent[key] = old + source.choice([-1, 1, 2, 10**6])
    elif isinstance(old, str):
        parent[key] = _altered_text(old, source)
    elif old is None:
        parent[key] = source.choice([0, "", [], "1", True])
    elif isinstance(old, list):
        source.shuffle(old)
    else:
        _empty(parent, key, source)


SPELLINGS = (
    ("X", "Y"), ("Z", "X"), ("0", "1"), ("1", "2"), ("2", "3"), ("+", "-"), ("-", "+"), ("proven", "refused"),
    ("refused", "proven"), ("not decided", "proven"), ("1/2", "1/3"), ("invariant", "equivariant"), ("SU(2)", "SU(3)"),
    ("circuit", "state"), ("state", "model"), ("(", "(0 "), ("T_x", "T_y"),
)  # fmt: skip


def _altered_text(text: str, source: Random) -> str:
    fitting = [(old, new) for old, new in SPELLINGS if old in text]
    if fitting and source.random() < 0.8:
        old, new = source.choice(fitting)
        return text.replace(old, new, source.choice([1, -1]))
    return source.choice(
        [text + " x the Monster group", text + "0", text[:-1], text.upper(), "X0", "1", "-1"]
    )


EDITS: dict[str, Callable[[Any, Any, Random], None]] = {
    "drop": _drop, "empty": _empty, "swap": _swap, "double": _double, "alter": _alter,
}  # fmt: skip


def _mend(body: Body) -> None:
    """Make derived fields fit again, as far as that is possible without mathematics."""
    try:
        findings = body["findings"]
        body["demanded"] = [finding["key"] for finding in findings]
        verdicts = {finding["verdict"] for finding in findings}
        body["verdict"] = (
            "refused" if "refused" in verdicts else "proven" if verdicts == {"proven"} else "not decided"
        )
        body["generators"] = [generator["name"] for generator in body["group_data"]["generators"]]
        body["group"] = " x ".join(f["name"] for f in body["group_data"]["factors"]) or "trivial group"
        for finding in findings:
            if finding["verdict"] != "refused":
                finding["counterexample"] = None
    except (KeyError, TypeError, IndexError):
        return


def _prove_all(body: Body, source: Random) -> None:
    """Say that every claim is proven, with phases that fit; if all were proven, say that one is refused."""
    count = len(body["group_data"]["generators"])
    was_proven = body["verdict"] == "proven"
    chosen = [source.choice(body["findings"])] if was_proven else body["findings"]
    for finding in chosen:
        finding["verdict"] = "refused" if was_proven else "proven"
        example = dict.fromkeys(("element", "input", "expected", "found", "python"), "0")
        finding["counterexample"] = example if was_proven else None
        named = finding["claim"] in ("equivariant circuit", "invariant prepared state")
        many = 1 if named else count if finding["claim"] == "invariant state" else 0
        finding["character"] = [] if was_proven else [source.choice(["0", "1", "-1"]) for _ in range(many)]
    body["verdict"] = "refused" if was_proven else "proven"


def _lose_finding(body: Body, source: Random) -> None:
    """Remove a finding and everything that demands it."""
    refused = [f for f in body["findings"] if f["verdict"] == "refused"] or body["findings"]
    lost = source.choice(refused)
    body["findings"].remove(lost)
    target, key = body["target_data"], lost["key"]
    if key.startswith("layer["):
        target["layers"] -= 1
    target["scales"] = [s for s in target.get("scales", []) if key != f"encoding {s}"]
    target["parts"] = [k for k in target.get("parts", []) if k != key]
    for name in ("breaking", "unchanged"):
        if key == name:
            target[name] = False
    for empty in ("scales", "parts"):
        if not target[empty]:
            del target[empty]
    if key.startswith("generator "):
        _lose_generator(body, lost["generator"])
    _prove_rest(body)
    _mend(body)


def _prove_rest(body: Body) -> None:
    for finding in body["findings"]:
        finding |= {"verdict": "proven", "counterexample": None}


def _lose_generator(body: Body, number: int) -> None:
    del body["group_data"]["generators"][number]
    factors = body["group_data"]["factors"]
    for factor in factors:
        factor["generators"] = [n - (n > number) for n in factor["generators"] if n != number]
    body["group_data"]["factors"] = [factor for factor in factors if factor["generators"]]
    kept = [{"factor": place} for place in range(len(body["group_data"]["factors"]))]
    body["kept"] = kept
    body["symmetry_left"] = " x ".join(f["name"] for f in body["group_data"]["factors"]) or "trivial group"
    for finding in body["findings"]:
        if finding["generator"] is not None and finding["generator"] > number:
            finding["generator"] -= 1
            finding["key"] = f"generator {finding['generator']}"
            finding["evidence"]["about"] = finding["key"]


def _lose_one_generator(body: Body, source: Random) -> None:
    """Remove a generator with its claim, so that a smaller group is checked, perhaps under the old name."""
    if not body["group_data"]["generators"]:
        return
    number = source.randrange(len(body["group_data"]["generators"]))
    name = body["group"]
    body["findings"] = [f for f in body["findings"] if f["generator"] != number]
    _lose_generator(body, number)
    for finding in body["findings"]:
        if finding["claim"] == "invariant state" and finding["character"]:
            del finding["character"][number]
    _prove_rest(body)
    _mend(body)
    if source.random() < 0.5:
        body["group"] = body["symmetry_left"] = name


def _empty_circuit(body: Body, source: Random) -> None:
    """Remove all gates, and say that everything is proven."""
    if "operations" in body["target_data"]:
        body["target_data"]["operations"] = []
    _prove_rest(body)
    _mend(body)


def _lose_gate(body: Body, source: Random) -> None:
    """Remove one gate."""
    if body["target_data"].get("operations"):
        operations = body["target_data"]["operations"]
        del operations[source.randrange(len(operations))]
    _mend(body)


def _widen(body: Body, source: Random) -> None:
    """Say that more symmetry is left than there is."""
    body["kept"] = [{"factor": place} for place in range(len(body["group_data"]["factors"]))]
    body["symmetry_left"] = body["group"] + source.choice(["", " x the Monster group"])


def _weaken(body: Body, source: Random) -> None:
    """Replace parts of a model by others, which may be invariant."""
    for finding in body["findings"]:
        if finding["claim"] in ("equivariant gate", "declared breaking") and source.random() < 0.7:
            finding["evidence"]["operator"] = finding["evidence"]["shown"] = "X0 X1 + Y0 Y1 + Z0 Z1"
            finding["subject"] = f"{finding['subject'].partition(': ')[0]}: X0 X1 + Y0 Y1 + Z0 Z1"
    _prove_rest(body)
    _mend(body)


def _rename(body: Body, source: Random) -> None:
    """Give a factor another name, everywhere."""
    if not body["group_data"]["factors"]:
        return
    factor = source.choice(body["group_data"]["factors"])
    text = json.dumps(body).replace(json.dumps(factor["name"])[1:-1], "SU(64)")
    body.clear()
    body |= json.loads(text)


def _ask_less(body: Body, source: Random) -> None:
    """Ask another question: not strict, about another claim, without data or assumptions."""
    target = body["target_data"]
    for key, value in (("strict", False), ("claim", "circuit"), ("data", []), ("observable", None)):
        if key in target and source.random() < 0.5:
            target[key] = value
    if source.random() < 0.5:
        body["assumptions"] = []
    _mend(body)


DIRECTED: dict[str, Callable[[Body, Random], None]] = {
    "verdicts turned": _prove_all,
    "claim lost": _lose_finding,
    "generator lost": _lose_one_generator,
    "no gates": _empty_circuit,
    "gate lost": _lose_gate,
    "symmetry widened": _widen,
    "other parts": _weaken,
    "group renamed": _rename,
    "asked less": _ask_less,
}
"""What a forger who knows the form would do."""


def _splice(body: Body, donor: Body, source: Random) -> None:
    key = source.choice(["findings", "group_data", "target_data", "kept", "assumptions", "symmetry_left"])
    body[key] = copy.deepcopy(donor[key])
