"""Eight structures side by side: a vector of eight doubles for Numba, with load, store, splat, +, - and *.

Loops over eight doubles would be left to the vectoriser of LLVM, which does not see through complex rotations; as a
type of its own the vector is what the processor's registers hold. Where these are narrower, LLVM splits it.
"""

# mypy: disable-error-code="misc, untyped-decorator"

import operator
from typing import Any, ClassVar

from llvmlite import ir
from numba import types
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

LANES = 8
"""Structures of a tile."""

_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_FLAGS = ("contract", "nsz")
"""A product and a sum may become one instruction; sums are never reordered, so that results repeat bit by bit."""


class LaneType(types.Type):
    """Numba's type of the vector."""

    def __init__(self) -> None:
        super().__init__(name="f64x8")


lanes = LaneType()


@register_model(LaneType)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, of_type: Any) -> None:
        super().__init__(manager, of_type, _VECTOR)


def _binary(function: Any, instruction: str) -> None:
    @infer_global(function)
    class _Typing(ConcreteTemplate):
        cases: ClassVar = [signature(lanes, lanes, lanes)]

    @lower_builtin(function, lanes, lanes)
    def _lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return getattr(builder, instruction)(*args, flags=_FLAGS)


for _function, _instruction in (
    (operator.add, "fadd"),
    (operator.iadd, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
):
    _binary(_function, _instruction)


@infer_global(operator.neg)
class _Negative(ConcreteTemplate):
    cases: ClassVar = [signature(lanes, lanes)]


@lower_builtin(operator.neg, lanes)
def _negative(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.fneg(args[0])


def _element(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    array = context.make_array(sig.args[0])(context, builder, args[0])
    return builder.load(builder.gep(array.data, [args[1]]))


def _pointer(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    array = context.make_array(sig.args[0])(context, builder, args[0])
    return builder.bitcast(builder.gep(array.data, [args[1]]), _VECTOR.as_pointer())


@intrinsic
def load(typing: Any, array: Any, start: Any) -> Any:
    """Eight numbers of a flat array from ``start`` on."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        found = builder.load(_pointer(context, builder, sig, args), typ=_VECTOR)
        found.align = 8
        return found

    return lanes(array, types.intp), code


@intrinsic
def store(typing: Any, array: Any, start: Any, value: Any) -> Any:
    """Write eight numbers to a flat array from ``start`` on."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store(args[2], _pointer(context, builder, sig, args), align=8)
        return context.get_dummy_value()

    return types.void(array, types.intp, lanes), code


@intrinsic
def pick(typing: Any, array: Any, place: Any) -> Any:
    """One number of a flat array, without the question whether its place is counted from the end."""
    return array.dtype(array, types.intp), _element


@intrinsic
def spread(typing: Any, array: Any, place: Any) -> Any:
    """One number of a flat array in all eight places."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _splat(builder, _element(context, builder, sig, args))

    return lanes(array, types.intp), code


@intrinsic
def splat(typing: Any, value: Any) -> Any:
    """The same number in all eight places."""

    def code(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _splat(builder, args[0])

    return lanes(types.float64), code


def _splat(builder: Any, value: Any) -> Any:
    undefined = ir.Constant(_VECTOR, ir.Undefined)
    one = builder.insert_element(undefined, value, ir.Constant(ir.IntType(32), 0))
    mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(one, undefined, mask)
