"""The documents are run: every block of Python in order, and every output shown is compared with the real output.

``python -m tests.test_documents`` writes the outputs anew.
"""

import contextlib
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from eqcompile.files import write_atomically

NAMES = (
    "showcase",
    "errata",
    "claims",
    "python",
    "circuits",
    "backends",
    "pennylane",
    "certificates",
    "tools",
    "descriptors",
)
DOCUMENTS = [Path(__file__).parents[1] / "docs" / f"{name}.md" for name in NAMES]
PAGES = sorted((Path(__file__).parents[1] / "docs").rglob("*.md"))
BLOCK = re.compile(r"```python\n(?P<code>.*?)```\n(?:\n```text\n(?P<shown>.*?)```\n)?", flags=re.DOTALL)
NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]\d+)?")


def outputs(text: str) -> Iterator[tuple[str, str]]:
    """What the document shows after each block, and what the block prints; blocks share their names."""
    names: dict[str, object] = {"__name__": "document"}
    for block in BLOCK.finditer(text):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(block["code"], names)  # noqa: S102 - this is the test
        yield block["shown"] or "", printed.getvalue()


def agree(shown: str, printed: str) -> bool:
    """Whether two texts are the same; a number with a decimal point may differ by one in the last digit shown."""
    if NUMBER.sub("number", shown) != NUMBER.sub("number", printed):
        return False
    pairs = zip(map(Decimal, NUMBER.findall(shown)), map(Decimal, NUMBER.findall(printed)), strict=True)
    return all(abs(a - b) <= Decimal((0, (1,), int(a.as_tuple().exponent))) for a, b in pairs)


def rewritten(text: str) -> str:
    """The document, with what its code prints in place of what it shows."""
    printed = (block for _, block in outputs(text))

    def replaced(block: re.Match[str]) -> str:
        output = next(printed)
        return f"```python\n{block['code']}```\n" + (f"\n```text\n{output}```\n" if output else "")

    return BLOCK.sub(replaced, text)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
# SciPy's advice on how Qiskit exponentiates a sparse matrix.
@pytest.mark.filterwarnings("ignore::scipy.sparse.SparseEfficiencyWarning")
# Autograd, below PennyLane, makes complex cotangents real.
@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
def test_a_document_shows_what_its_code_prints(path: Path) -> None:
    if path.stem == "pennylane":
        pytest.importorskip("pennylane", reason='PennyLane is not installed: pip install -e ".[pennylane]"')
    count = 0
    for shown, printed in outputs(path.read_text()):
        assert agree(shown, printed), f"{path.name} shows\n{shown}\nbut its code prints\n{printed}"
        count += bool(shown)
    assert count > {"certificates": 0, "pennylane": 2}.get(path.stem, 5)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_output_belongs_to_a_block(path: Path) -> None:
    text = path.read_text()
    assert text.count("```text\n") == sum(bool(block["shown"]) for block in BLOCK.finditer(text))
    assert text.count("```python\n") == len(BLOCK.findall(text))


def missing(text: str, folder: Path) -> list[str]:
    """Links to files that are not there."""
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", text)
    return [
        target for target in targets if not target.startswith("https://") and not (folder / target).exists()
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_link_exists(path: Path) -> None:
    assert missing(path.read_text(), path.parent) == []


def test_a_link_to_nothing_is_noticed() -> None:
    assert missing("[a](b.md) [c](https://d)", Path(__file__).parent) == ["b.md"]


SAMPLE = """
```python
print("defect", 1 / 3, "after", 8)
```

```text
defect 0.3333 after 8
```
"""


@pytest.mark.parametrize(
    ("old", "new"), [("0.3333", "0.3335"), ("0.3333", "-0.3333"), ("after 8", "after 9"), ("defect", "error")]
)
def test_a_changed_figure_is_noticed(old: str, new: str) -> None:
    code, output = SAMPLE.split("```text")
    ((shown, printed),) = outputs(code + "```text" + output)
    assert agree(shown, printed)
    ((shown, printed),) = outputs(code + "```text" + output.replace(old, new))
    assert not agree(shown, printed)


def test_every_figure_of_the_documents_is_compared() -> None:
    """Change any number of any output in a copy: it no longer agrees with what was printed before."""
    shown = "".join(block["shown"] or "" for path in DOCUMENTS for block in BLOCK.finditer(path.read_text()))
    digits = [match.start() for match in re.finditer(r"\d", shown)]
    assert len(digits) > 100
    for place in digits:
        changed = shown[:place] + str((int(shown[place]) + 5) % 10) + shown[place + 1 :]
        assert not agree(changed, shown), changed[max(0, place - 40) : place + 40]


def test_new_outputs_replace_old_ones() -> None:
    assert agree(*next(outputs(rewritten(SAMPLE.replace("0.3333", "0.9")))))
    assert "0.333333333" in rewritten(SAMPLE)


SOURCE = re.compile(r"`((?:[a-z_0-9]+/)+[a-z_0-9]+\.py)`")
FORMER = {"0015-the-house.md", "former_names.md"}
"""Pages about where files used to be."""


def lost(text: str) -> list[str]:
    """Code files that a page names, by their path in the repository or in a package, but that are not there."""
    root = Path(__file__).parents[1]
    folders = [root / name for name in ("", "eqcompile", "siqml", "tests")]
    return [name for name in SOURCE.findall(text) if not any((folder / name).exists() for folder in folders)]


@pytest.mark.parametrize(
    "path", [page for page in PAGES if page.name not in FORMER], ids=lambda path: path.name
)
def test_files_of_code_are_where_a_page_says(path: Path) -> None:
    assert lost(path.read_text(encoding="utf-8")) == []


def test_negative_control_a_lost_file_is_seen() -> None:
    assert lost("`passes/lower.py`, `passes/lowering/lower.py`, `eqcompile/errors.py`") == ["passes/lower.py"]


if __name__ == "__main__":
    for document in DOCUMENTS:
        write_atomically(document, rewritten(document.read_text()))
