"""Pictures of a program in the requested form."""

from typing import Literal, overload

from eqcompile.errors import BackendError
from eqcompile.face.picture.canvas import canvas_of
from eqcompile.program import PROGRAM, Program

Form = Literal["text", "png", "latex"]


@overload
def draw(program: Program, form: Literal["text", "latex"] = "text") -> str: ...


@overload
def draw(program: Program, form: Literal["png"]) -> bytes: ...


def draw(program: Program, form: Form = "text") -> str | bytes:
    """A picture of the program: state, encoding, one trainable layer, observable.

    Args:
        program: what to draw.
        form: ``"text"``; ``"latex"``, the source of a document with the quantikz2 library; or ``"png"``.

    Returns:
        The text, the source, or the content of a PNG file.

    Raises:
        BackendError: the form is unknown.
    """
    PROGRAM("program", program)
    if not isinstance(form, str) or form not in ("text", "png", "latex"):
        raise BackendError(f"unknown form of a picture {form!r}; known: text, png, latex")
    canvas = canvas_of(program)
    if form == "png":
        from eqcompile.face.picture.png import png_of

        return png_of(canvas)
    if form == "latex":
        from eqcompile.face.picture.latex import latex_of

        return latex_of(canvas)
    from eqcompile.face.picture.text import text_of

    return text_of(canvas)
