"""A spec of a sum as one text: each ``model: FILE`` becomes ``spec:`` with the text of that file."""

import json
import re
from collections.abc import Mapping as Texts
from collections.abc import Sequence

from eqcompile.declaration.spec import Path
from eqcompile.declaration.yaml.tree import Mapping, Node, Scalar, YamlDocument

_BETWEEN = re.compile(r":\s+")
_BLOCK = re.compile(r"[ ]*(-[ ]+)*")
_REST = re.compile(r"[ \t]*(#[^\n]*)?(?=\n|\Z)")


def standalone_text(document: YamlDocument, texts: Texts[str, str]) -> str:
    """The text with the files of circuits written into it.

    Args:
        document: the sum.
        texts: the text of every file, by the name that the sum has for it.

    Returns:
        Text that declares the same terms; the texts of the circuits are the same to the byte.
    """
    terms = document.node(("terms",))
    entries: Sequence[Node] = getattr(terms, "items", ())
    text = document.text
    # From the end to the beginning: the places of what comes before stay as they are. An alias is one place.
    places = {
        (key, value)
        for entry in entries
        if isinstance(entry, Mapping)
        for key, value in entry.entries
        if key.text == "model" and isinstance(value, Scalar)
    }
    for key, value in sorted(places, key=lambda pair: -pair[0].start):
        text = _written(text, key, value, texts[value.text])
    return text


def require_plain_model(path: Path, document: YamlDocument) -> None:
    """Refuse the name of a file that cannot be replaced where it stands: an alias, or what an alias refers to.

    Raises:
        SpecError: it is one.
    """
    entry = document.node(path)
    assert isinstance(entry, Mapping)
    key, value = next((key, value) for key, value in entry.entries if key.text == "model")
    assert isinstance(value, Scalar)
    between = document.text[key.end : value.start]
    if not _BETWEEN.fullmatch(between) or document.text[value.start] == "&":
        raise document.error(
            "write the name of the file out, without anchor or alias", (*path, "model"), at_key=True
        )


def _written(text: str, key: Scalar, value: Scalar, content: str) -> str:
    before = text[: key.start]
    rest = _REST.match(text, value.end)
    in_block = _BLOCK.fullmatch(before[before.rfind("\n") + 1 :])
    if in_block and rest and _is_plain(content):
        body = content.rstrip("\n")
        chomp = {0: "-", 1: ""}.get(len(content) - len(body), "+")
        indent = " " * (key.column + 1)
        lines = "\n".join(indent + line if line else "" for line in content.split("\n")[:-1] or [content])
        if not content.endswith("\n"):
            lines = "\n".join(indent + line if line else "" for line in content.split("\n"))
        # Two columns more than the key, whatever blanks the text begins with.
        return f"{before}spec: |2{chomp}\n{lines}{text[rest.end() :]}"
    return f"{before}spec: {_quoted(content)}{text[value.end :]}"


def _is_plain(content: str) -> bool:
    """Whether a block of YAML gives the text back: no other line ends, no lines of blanks alone, no blank end."""
    return not re.search(
        r"[^\n\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe]|^[ \t]+$", content, re.MULTILINE
    ) and bool(content.strip())


def _quoted(content: str) -> str:
    """A double-quoted scalar; the line ends that only YAML knows are escaped as well."""
    text = json.dumps(content, ensure_ascii=False)
    for sign in "\x85\u2028\u2029\x7f\ufeff":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
