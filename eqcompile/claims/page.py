"""Certificates as HTML: one page that needs no other file, light or dark as the reader prefers."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

Body = Mapping[str, Any]

MAX_SHOWN = 400
"""Characters of one text on the HTML page of a certificate. Beyond it, shortened: the text is cut; the JSON has it
whole."""

STYLE = """\
.eqc { font: 15px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff; max-width: 70rem; padding: 1rem 1.5rem; }
.eqc table { border-collapse: collapse; width: 100%; margin: .8rem 0; }
.eqc th, .eqc td { text-align: left; vertical-align: top; padding: .35rem .7rem; border-bottom: 1px solid #d5d9df; }
.eqc code, .eqc pre { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
.eqc pre { background: #f2f4f7; padding: .6rem .8rem; overflow-x: auto; white-space: pre-wrap; user-select: all; }
.eqc .proven { color: #10713a; font-weight: 600; }
.eqc .refused { color: #b3201c; font-weight: 600; }
.eqc .open { color: #8a5a00; font-weight: 600; }
.eqc .quiet { color: #5b6470; }
@media (prefers-color-scheme: dark) {
  .eqc { color: #e4e7eb; background: #14171a; }
  .eqc th, .eqc td { border-color: #333a42; }
  .eqc pre { background: #1f242a; }
  .eqc .proven { color: #5fd38d; }
  .eqc .refused { color: #ff8a80; }
  .eqc .open { color: #f0b95a; }
  .eqc .quiet { color: #98a2ae; }
}
"""

CLASSES = {"proven": "proven", "refused": "refused"}


def certificate_page(body: Body) -> str:
    """A whole document.

    Args:
        body: the certificate's plain data.
    """
    title = escape(f"{body['target']}: {body['verdict']}")
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    head += '<meta name="color-scheme" content="light dark">'
    page = "<style>body { margin: 0; background: Canvas; }</style>"
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head>{head}<title>{title}</title>{page}</head>\n'
        f"<body>{certificate_fragment(body)}</body></html>\n"
    )


def certificate_fragment(body: Body) -> str:
    """The same as a part of another page, such as a notebook.

    >>> body = dict(target="<b>", verdict="proven", group="G", symmetry_left="G", generators=[], findings=[],
    ...             demanded=[], assumptions=[], spec_sha256="", target_sha256="", versions={})
    >>> "&lt;b&gt;" in certificate_fragment(body)
    True
    """
    parts = [f"<style>\n{STYLE}</style>", f"<h2>{_text(body['target'])}</h2>", _verdict_line(body)]
    parts += [_claims(body["findings"])]
    parts += [_counterexample(finding) for finding in body["findings"] if finding["counterexample"]]
    parts += [_facts(body)]
    return '<div class="eqc">' + "\n".join(parts) + "</div>"


def _verdict_line(body: Body) -> str:
    findings, verdict = body["findings"], body["verdict"]
    count = sum(finding["verdict"] == verdict for finding in findings)
    left = body["symmetry_left"]
    if verdict == "proven" and not body["generators"]:
        text = f"PROVEN, trivially: {body['group']} has no generators, so that nothing is demanded"
    elif verdict == "proven" and "sectors" in body["demanded"]:
        text = f"PROVEN: the weights in the sectors of {body['group']}, be the state invariant or not"
    elif verdict == "proven":
        about = left if left == body["group"] else f"what the declared breaking leaves: {left}"
        text = f"PROVEN for {about}"
    else:
        text = f"{verdict.upper()}: {count} of {len(findings)} claims"
    return f'<p class="{_class(verdict)}">{_text(text)}</p>'


def _claims(findings: Iterable[Body]) -> str:
    rows = ["<tr><th>claim</th><th>about</th><th>verdict</th><th>method and detail</th></tr>"]
    for finding in findings:
        exponent = finding["error_exponent"]
        method = _text(finding["method"]) + (f" (error below 2<sup>-{exponent:d}</sup>)" if exponent else "")
        phase = ", ".join("another phase" if name is None else name for name in finding["character"])
        phases = f'<div class="quiet">character: {_text(phase)}</div>' if phase else ""
        detail = f'{_text(finding["detail"])}{phases}<div class="quiet">{method}</div>'
        verdict = f'<span class="{_class(finding["verdict"])}">{_text(finding["verdict"])}</span>'
        cells = (_text(finding["claim"]), f"<code>{_text(finding['subject'])}</code>", verdict, detail)
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return f"<table>{''.join(rows)}</table>"


def _counterexample(finding: Body) -> str:
    example = finding["counterexample"]
    rows = "".join(
        f"<tr><th>{name}</th><td><code>{_text(example[key])}</code></td></tr>"
        for name, key in (
            ("group element", "element"),
            ("acts on", "input"),
            ("expected", "expected"),
            ("found", "found"),
        )
    )
    # Not cut: the line is there to be copied.
    line = escape(example["python"])
    return f"<h3>Counterexample: {_text(finding['subject'])}</h3><table>{rows}</table><pre>{line}</pre>"


def _facts(body: Body) -> str:
    facts = {
        "group": body["group"],
        "generators": ", ".join(body["generators"]),
        "assumed": "; ".join(body["assumptions"]),
        "SHA-256 of the spec": body["spec_sha256"],
        "SHA-256 of the target": body["target_sha256"],
        "versions": ", ".join(f"{name} {number}" for name, number in body["versions"].items()),
    }
    rows = "".join(
        f"<tr><th>{name}</th><td><code>{_text(value)}</code></td></tr>"
        for name, value in facts.items()
        if value
    )
    return f'<table class="quiet">{rows}</table>'


def _class(verdict: str) -> str:
    return CLASSES.get(verdict, "open")


def _text(text: str) -> str:
    return escape(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}...")
