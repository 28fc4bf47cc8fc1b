"""Certificates as HTML: nothing in a spec becomes markup, and nothing is loaded from elsewhere."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

import eqcompile as eq
from eqcompile.claims.certificate import Certificate, Counterexample, Finding

EVIL = "<script>alert('x & y')</script>"
TAGS = {"html", "head", "meta", "title", "style", "body", "div", "h2", "h3", "p", "table", "tr", "th", "td"}
TAGS |= {"code", "span", "sup", "pre"}


class Seen(HTMLParser):
    """Collects tags, attributes and text, and checks that tags close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_proof_is_shown_whole(program: Callable[[str], eq.Program]) -> None:
    certificate = program("water_breaking").certificate
    page = certificate.to_html()
    seen = Seen(page)
    assert seen.tags <= TAGS
    assert seen.attributes <= {"lang", "charset", "name", "content", "class"}, "nothing is loaded or executed"
    assert "PROVEN for what the declared breaking leaves: U(1) about z x (H1 H2)" in seen.text
    assert "prefers-color-scheme: dark" in page
    for finding in certificate.findings:
        assert finding.subject in seen.text
    for value in (certificate.spec_sha256, *certificate.generators, *certificate.versions):
        assert value in seen.text
    assert "Counterexample" not in seen.text


def test_a_refusal_has_its_line_to_copy(spec: Callable[..., eq.Spec]) -> None:
    wrong = spec("water", ("- H(1,2) + H(0,3)", "- H(1,2)"), ("depth: 11", "depth: 2"))
    certificate = eq.compile(wrong).certificate
    seen = Seen(certificate.to_html())
    assert "REFUSED: 2 of 7 claims" in seen.text
    for finding in certificate.refused:
        assert finding.counterexample is not None
        assert f"Counterexample: {finding.subject}" in seen.text
        assert finding.counterexample.python in seen.text


@pytest.mark.parametrize("method", ["to_html", "_repr_html_"])
def test_nothing_becomes_markup(method: str) -> None:
    example = Counterexample(EVIL, EVIL, EVIL, EVIL, EVIL)
    findings = (
        Finding(EVIL, EVIL, "refused", EVIL, EVIL, example),
        Finding(EVIL, EVIL, "not decided", EVIL, EVIL),
    )
    certificate = Certificate(EVIL, EVIL, (EVIL,), EVIL, findings, EVIL, EVIL, {EVIL: EVIL})
    page: Any = getattr(certificate, method)()
    seen = Seen(page)
    assert "script" not in seen.tags
    assert "<script" not in page
    assert seen.text.count(EVIL) >= 16


def test_a_notebook_shows_a_part_of_the_page() -> None:
    certificate = eq.verify(eq.PauliSum.parse("Z0", 1), eq.SU2(1))
    assert "<pre>" in certificate._repr_html_()
    assert certificate._repr_html_() in certificate.to_html()
