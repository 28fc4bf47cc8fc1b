"""Arguments of public functions: what is unambiguous is accepted; everything else gives one line."""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from inspect import Parameter, Signature
from operator import index
from typing import Any, ParamSpec, TypeAlias, TypeVar

from eqcompile.errors import ArgumentError, quoted

P = ParamSpec("P")
R = TypeVar("R")

Check: TypeAlias = Callable[[str, Any], Any]
"""Takes the name of an argument and its value; returns the value to use, or raises ArgumentError."""

VARIADIC, KEYWORDS = Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD

MAX_REGISTER = 1000
"""Qubits of a register, in a spec and in Python. Beyond it, refused: use a smaller register; no derivation reaches
further."""


def found(value: object) -> str:
    """A value as messages name it: its kind, and how it prints.

    >>> found(2.5), found("4"), found(None)
    ('float 2.5', 'str "4"', 'None')
    """
    if value is None:
        return "None"
    kind = type(value).__name__
    return f"{kind} {quoted(value)}" if isinstance(value, str) else f"{kind} {printed(value)}"


def printed(value: object) -> str:
    """How a value prints, cut, on one line."""
    try:
        return quoted(repr(value))[1:-1]
    except ValueError:  # a whole number of more digits than Python writes
        return "of thousands of digits"


def whole_number(name: str, value: object, least: int | None = None, most: int | None = None) -> int:
    """A whole number, of Python or numpy, between bounds.

    Args:
        name: name of the argument, for messages.
        value: what was given; neither a truth value nor a float, which may have been rounded.
        least: smallest number that makes sense.
        most: largest number that makes sense.

    Raises:
        ArgumentError: the value is something else.

    >>> whole_number("num_qubits", 4, least=1)
    4
    """
    span = (
        "" if least is None else f" from {least} to {most}" if most is not None else f" of at least {least}"
    )
    needed = f"{name}: a whole number{span} is needed"
    try:
        number = None if isinstance(value, bool | float) else index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None:
        raise ArgumentError(f"{needed}; found {found(value)}")
    if (least is not None and number < least) or (most is not None and number > most):
        raise ArgumentError(f"{needed}; found {number}")
    return number


def register_size(name: str, value: object) -> int:
    """The number of qubits of a register.

    Raises:
        ArgumentError: the value is not a whole number, is zero, or is too large.
    """
    return whole_number(name, value, least=1, most=MAX_REGISTER)


def whole_numbers(name: str, value: object) -> tuple[int, ...]:
    """Several whole numbers, such as the qubits that a group acts on.

    Raises:
        ArgumentError: the value is something else.
    """
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise ArgumentError(
            f"{name}: a list of whole numbers is needed, such as [0, 1]; found {found(value)}"
        )
    return tuple(whole_number(name, item) for item in value)


def require_text(name: str, value: object) -> str:
    """The value, which must be text.

    Raises:
        ArgumentError: the value is something else.
    """
    if not isinstance(value, str):
        raise ArgumentError(f"{name}: text is needed; found {found(value)}")
    return value


def require_truth(name: str, value: object) -> bool:
    """True or False, of Python or numpy.

    Raises:
        ArgumentError: the value is something else.
    """
    if value is True or value is False:
        return value
    if type(value).__name__ in ("bool", "bool_"):  # numpy's, which is not imported for this
        return bool(value)
    raise ArgumentError(f"{name}: True or False is needed; found {found(value)}")


def seed_number(name: str, value: object) -> int:
    """A seed: a whole number that is not negative.

    Raises:
        ArgumentError: the value is something else.
    """
    return whole_number(name, value, least=0)


def path_name(name: str, value: object) -> str:
    """The name of a file or a folder.

    Raises:
        ArgumentError: the value is something else, or the empty name.
    """
    text = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(text, str) or not text:
        raise ArgumentError(f"{name}: the name of a file or folder is needed; found {found(value)}")
    return text


def optional(check: Check) -> Check:
    """A check that takes ``None``, or what the given check takes."""
    return lambda name, value: None if value is None else check(name, value)


def at_least(least: int, most: int | None = None) -> Check:
    """A check for a whole number between bounds."""
    return lambda name, value: whole_number(name, value, least, most)


def one_of(what: str, *kinds: type) -> Check:
    """A check for a value of one of these classes.

    Args:
        what: a phrase for messages, with an example, such as "a permutation group, such as eq.symmetric(3), is needed".
        kinds: the classes.
    """

    def check(name: str, value: object) -> object:
        if not isinstance(value, kinds):
            raise ArgumentError(f"{name}: {what}; found {found(value)}")
        return value

    return check


def accepts(**checks: Check) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Check the arguments of a function before it runs, each under its name.

    A wrong number of arguments, or an unknown name, is Python's own TypeError.

    Args:
        checks: ``check(name, value)`` returns the value that the function gets, or raises. For ``*args`` and
            ``**kwargs`` every value is checked.
    """

    def decorated(function: Callable[P, R]) -> Callable[P, R]:
        signature = Signature.from_callable(function)
        spread = {p.name: p.kind for p in signature.parameters.values() if p.kind in (VARIADIC, KEYWORDS)}

        @wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            bound = signature.bind(*args, **kwargs)
            for name, check in checks.items():
                if name not in bound.arguments:
                    continue
                value = bound.arguments[name]
                if spread.get(name) is VARIADIC:
                    bound.arguments[name] = tuple(check(f"{name}[{k}]", v) for k, v in enumerate(value))
                elif spread.get(name) is KEYWORDS:
                    bound.arguments[name] = {key: check(key, v) for key, v in value.items()}
                else:
                    bound.arguments[name] = check(name, value)
            return function(*bound.args, **bound.kwargs)

        return checked

    return decorated


def order_and_steps(name: str, value: object) -> tuple[int, int]:
    """A pair of whole numbers.

    Raises:
        ArgumentError: the value is something else.
    """
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise ArgumentError(f"{name}: order and steps are needed, such as (2, 4); found {found(value)}")
    return whole_number(f"{name}[0]", value[0]), whole_number(f"{name}[1]", value[1])
