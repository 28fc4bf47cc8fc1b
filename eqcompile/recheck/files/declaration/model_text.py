"""What a spec says about its model besides the group: state, encodings, layers, breaking, observable.

Each part is in the plain data of a certificate, under the key of its claim. What is left to ``derive`` is left out.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from eqcompile.errors import quoted
from eqcompile.recheck.files.declaration.register import Register, only
from eqcompile.recheck.files.exact_text import operator_text, square_root
from eqcompile.recheck.files.unread import UnreadError

Plain: TypeAlias = dict[str, Any]

MAX_AMPLITUDES = 1 << 16
"""Amplitudes of the state of a spec, its letters and singlets written out. Beyond it, refused: use fewer of the
letters + - r l or fewer singlets, or recheck without `--spec`."""

MAX_LAYER = 1000
"""Gates of one block of a spec. Beyond it, refused: the product does not read more either; list the gates that you
want."""

MAX_DEPTH = 1000
"""Trainable layers of a spec. Beyond it, refused: the product does not read more either; take fewer layers with more
blocks."""

MAX_BLOCKS = 100
"""Blocks of a layer of a spec. Beyond it, refused: the product does not read more either; take more layers."""

_WORDS = {"zeros": "0", "ones": "1", "plus": "+", "minus": "-"}
_SINGLETS = re.compile(r"singlets\s*\[\s*((?:\[\s*\d+\s*,\s*\d+\s*\]\s*,?\s*)*)\]")
_KET = re.compile(r"\|([01+\-rl]+)>")
_SUPERPOSED = {"+": "", "-": "-", "r": "i*", "l": "-i*"}
"""The factor of |1> in the states that are superpositions, times sqrt(2)."""


def is_derived(value: Any) -> bool:
    """Whether a part is left to the compiler."""
    if isinstance(value, dict):
        return set(value) == {"derive"} and not isinstance(value["derive"], list)
    return isinstance(value, str) and value.strip() == "derive"


def state_text(value: Any, register: Register) -> str:
    """An initial state as a sum of kets.

    Raises:
        UnreadError: the state has none of the forms, or more amplitudes than the limit.

    >>> from pathlib import Path
    >>> state_text("singlets [[0, 2]]", Register(3, (), (), None, Path()))
    '|001> - |100>'
    """
    n = register.num_qubits
    if value is None:
        return f"|{'0' * n}>"
    if isinstance(value, dict):
        return _singlets(only(value, ("singlets",), "state").get("singlets"), register)
    text = str(value).strip()
    if text in _WORDS:
        return f"|{_WORDS[text] * n}>"
    if "|" in text:
        return _kets(text, n)
    match = _SINGLETS.fullmatch(text)
    if match is None:
        raise UnreadError(f"the state {quoted(text)}")
    pairs = re.findall(r"\[\s*(\d{1,6})\s*,\s*(\d{1,6})\s*\]", match[1])
    return _singlets([[int(a), int(b)] for a, b in pairs], register)


def encoding_parts(
    scales: Mapping[str, list[str]], register: Register
) -> tuple[dict[str, Plain], list[list[Any]]]:
    """Evidence of every encoding claim, and the order of the gates: first copies of all sites, then second copies.

    A gate multiplies x, y and z by X, Y and Z on its qubit; if there is a parity qubit, also by X on that.
    """
    owner = {site: scale for scale, sites in scales.items() for site in sites}
    last = "" if register.parity is None else f" X{register.parity}"
    gates: dict[str, list[Any]] = {scale: [] for scale in scales}
    order = []
    for copy in range(max(map(len, register.carriers), default=0)):
        for site, carriers in enumerate(register.carriers):
            if copy < len(carriers):
                scale = owner[register.sites[site]]
                order.append([scale, len(gates[scale])])
                gates[scale].append([site, [f"{letter}{carriers[copy]}{last}" for letter in "XYZ"]])
    return {f"encoding {scale}": {"gates": listed} for scale, listed in gates.items()}, order


def ansatz_parts(ansatz: Any, register: Register) -> tuple[dict[str, Plain], Plain]:
    """Evidence of layers and breaking. Then depth, blocks, whether anything is broken, and the number of layers.

    The layers are ``None`` if they are left to the compiler.
    """
    keys = only(ansatz, ("depth", "blocks", "layer", "symmetry_breaking"), "ansatz")
    depth, blocks, layer = keys.get("depth"), keys.get("blocks", 1), keys.get("layer")
    if type(depth) is not int or type(blocks) is not int or depth < 1 or blocks < 1:
        raise UnreadError(f"a depth {quoted(str(depth))} with {quoted(str(blocks))} blocks")
    if depth > MAX_DEPTH or blocks > MAX_BLOCKS:
        raise UnreadError(f"a depth of {depth} with {blocks} blocks")
    parts: dict[str, Plain] = {}
    number = None
    if not is_derived(layer):
        if not isinstance(layer, list) or not 0 < len(layer) <= MAX_LAYER:
            raise UnreadError(f"the layer {quoted(str(layer))}")
        number = len(layer)
        parts |= {f"layer[{k}]": {"operator": operator_text(str(text))} for k, text in enumerate(layer)}
    breaking = keys.get("symmetry_breaking")
    if breaking is not None:
        gate = str(only(breaking, ("generator", "start"), "symmetry_breaking").get("generator")).strip()
        if gate in ("X", "Y", "Z"):  # R(eps) on every qubit
            gate = " + ".join(f"1/2*{gate}{q}" for q in range(register.num_qubits))
        parts["breaking"] = {"operator": operator_text(gate)}
    return parts, {"depth": depth, "blocks": blocks, "layers": number, "breaking": breaking is not None}


def _singlets(pairs: Any, register: Register) -> str:
    """|01> - |10> on each pair, |0> elsewhere; not normalised."""
    if not isinstance(pairs, list) or not all(isinstance(p, list) and len(p) == 2 for p in pairs):
        raise UnreadError(f"the singlets {quoted(str(pairs))}")
    qubits = [register.qubit(q) for pair in pairs for q in pair]
    if len(set(qubits)) != len(qubits):
        raise UnreadError("singlets that overlap")
    if 1 << len(pairs) > MAX_AMPLITUDES:
        raise UnreadError(f"a state of {len(pairs)} singlets")
    out = ""
    for choice in range(1 << len(pairs)):
        letters = ["0"] * register.num_qubits
        for k, (first, second) in enumerate(pairs):
            letters[first if choice >> k & 1 else second] = "1"
        sign = "-" if choice.bit_count() % 2 else "+"
        out += f" {sign} |{''.join(letters)}>"
    return out.removeprefix(" + ")


def _kets(text: str, num_qubits: int) -> str:
    """A sum of kets; if there are several, their letters are expanded."""
    # Kets are found wherever they stand: what is before one is its coefficient, and nothing may be left after the last
    # one.
    kets = list(_KET.finditer(text))
    if not kets or text[kets[-1].end() :].strip():
        raise UnreadError(f"the state {quoted(text)}")
    if any(len(ket[1]) != num_qubits for ket in kets):
        raise UnreadError(f"a ket of another length than {num_qubits} in {quoted(text)}")
    start, out, count = 0, "", 0
    for ket in kets:
        front = text[start : ket.start()].strip()
        start = ket.end()
        sign = "-" if front.startswith("-") else "+"
        if ket is not kets[0] and front[:1] not in ("+", "-"):
            raise UnreadError(f"the state {quoted(text)}")
        number = front[1:] if front[:1] in ("+", "-") else front
        number = number.strip().removesuffix("*").strip()
        # Outside brackets a sum would end at its sign: in 1 + 2|0> only the 2 stands before the ket.
        if re.search(r"[-+]", re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", number)):
            raise UnreadError(f"the sum {quoted(number)} before a ket")
        coefficient = f"({operator_text(number)})*" if number else ""
        # A certificate has letters such as + only in a lone ket, and no norm. In a sum the norm of each ket matters.
        if len(kets) == 1:
            return f"{'-' if sign == '-' else ''}{coefficient}|{ket[1]}>"
        expanded = list(_expanded(ket[1]))
        count += len(expanded)
        if count > MAX_AMPLITUDES:
            raise UnreadError(f"a state of more than {MAX_AMPLITUDES} amplitudes")
        for own, letters in expanded:
            out += f" {sign} {coefficient}({own})*|{letters}>"
    return out.removeprefix(" + ").strip()


def _expanded(letters: str) -> list[tuple[str, str]]:
    """The kets of 0 and 1 in a product of normalised letters, each with its number."""
    superposed = [k for k, letter in enumerate(letters) if letter in _SUPERPOSED]
    if 1 << len(superposed) > MAX_AMPLITUDES:
        raise UnreadError(f"a state of more than {MAX_AMPLITUDES} amplitudes")
    norm = square_root(Fraction(1, 1 << len(superposed))).text
    out = []
    for choice in range(1 << len(superposed)):
        bits, front = list(letters), ""
        for number, k in enumerate(superposed):
            one = choice >> number & 1
            bits[k] = str(one)
            front += f"({_SUPERPOSED[letters[k]]}1)*" if one else ""
        out.append((f"{front}{norm}", "".join(bits)))
    return out
