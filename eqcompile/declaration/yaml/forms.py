"""What all sections of the schema share: strict models, limits, and how alternatives are distinguished."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

MAX_DEPTH = 1000
"""Trainable layers of a spec. Beyond it, refused: take fewer layers with more blocks."""

MAX_BLOCKS = 100
"""Blocks of a layer. Beyond it, refused: take more layers."""

MAX_NAME = 100
"""Characters of the name of a model or a site. Beyond it, refused: shorten it."""

MAX_LAYER = 1000
"""Gates of one block of a spec, or that `derive` finds for it. Beyond it, refused: list the gates that you want."""

MAX_LABEL = 1000
"""Characters of the name of a group, which may list the members. Beyond it, refused: shorten it."""

_WORD = r"^[A-Za-z][A-Za-z0-9_]*$"
_FILE_WORD = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"


class Section(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_nothing(cls, value: Any, info: ValidationInfo) -> Any:
        """A key without a value is a mistake; only a bare ``inversion:`` is explained elsewhere."""
        if value is None and info.field_name != "inversion":
            raise PydanticCustomError("nothing", "nothing")
        return value


def form_of(value: Any) -> str:
    """The form in which a key was written; the tags below name the allowed forms."""
    if isinstance(value, str):
        return "text"
    return "mapping" if isinstance(value, dict) else "list" if isinstance(value, list) else "other"


def forms(wanted: str) -> Discriminator:
    return Discriminator(form_of, custom_error_type="form", custom_error_message=wanted)


def _number(value: Any) -> Any:
    if type(value) in (int, Decimal, str):
        return value
    raise PydanticCustomError("form", "a number such as 0.1 or an expression such as 1/10")


Name = Annotated[str, Field(pattern=_FILE_WORD, max_length=MAX_NAME)]
Site = Annotated[str, Field(pattern=_WORD, max_length=MAX_NAME)]
Label = Annotated[str, Field(max_length=MAX_LABEL)]
Qubit = Annotated[int, Field(description="Counted from 0.")]
Operator = Annotated[str, Field(examples=["H(0,1)", "H(1,2) + H(0,3)", "X0 X1 + 1/2*Z2"])]
Number = Annotated[Any, BeforeValidator(_number), WithJsonSchema({"type": ["number", "string"]})]
