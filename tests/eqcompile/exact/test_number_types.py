"""The types keep floats out, and the two kinds of numbers apart: mypy refuses what does not fit."""

import os
import subprocess
import sys
from pathlib import Path

from eqcompile.exact.arithmetic.cyclotomic import Cyclotomic, GaussianRational, Number, Rational, Real, Scalar
from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, rational, scalar, square_root

ROOT = Path(__file__).parents[3]

PROGRAM = """\
from fractions import Fraction

from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT, Number, Real, Scalar,
    cosine, format_scalar, rational, real, real_part, scalar, square_root, to_float,
)
from eqcompile.exact.linear.linalg import complex_null_space, null_space
from eqcompile.exact.linear.sparse import sparse_kernel
from eqcompile.exact.operators.pauli import PauliSum

half, root = rational(Fraction(1, 2)), square_root(2)
irrational: Real = half * root + 1 - cosine(Fraction(1, 8))
complex_one: Scalar = half * IMAGINARY_UNIT - root + Fraction(1, 3)
larger: bool = root > half > 0
part: Real = real_part(scalar(half) / 2) ** 3
either: list[Number] = [half, root, complex_one]
x = PauliSum(1, {(1, 0): half, (0, 1): 2, (1, 1): Fraction(1, 3)}).scaled(complex_one) * root / 3
reals: list[dict[str, Real]] = null_space([{"a": half, "b": root}], ["a", "b"])
scalars: list[dict[str, Scalar]] = complex_null_space([{"a": complex_one}], ["a"])
vectors: list[dict[str, Scalar]] = sparse_kernel({"a": {0: complex_one}}, complex_null_space)
rounded = to_float(half) * 0.5

a: Real = 0.5  # refused
b: Scalar = 0.5  # refused
c: Scalar = 0.5j  # refused
d: Real = IMAGINARY_UNIT  # refused
e: Scalar = half  # refused
half + 0.5  # refused
0.5 - root  # refused
complex_one * 0.5  # refused
1j / complex_one  # refused
half * Fraction(1, 2)  # refused
root < 0.5  # refused
complex_one < complex_one  # refused
root ** 0.5  # refused
float(half)  # refused
rational(0.5)  # refused
real(0.5)  # refused
scalar(0.5j)  # refused
square_root(2.0)  # refused
format_scalar(half)  # refused
PauliSum(1, {(1, 0): 0.5})  # refused
x.scaled(0.5)  # refused
x * 0.5  # refused
null_space([{"a": 0.5}], ["a"])  # refused
null_space([{"a": complex_one}], ["a"])  # refused
sparse_kernel({"a": {0: complex_one}})  # refused
f: list[dict[str, Real]] = sparse_kernel({"a": {0: complex_one}}, complex_null_space)  # refused
"""


def lines_with_errors(path: Path) -> set[int]:
    """By a run with the settings and the cache of ``make test``, so that only the program is new."""
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--no-pretty", str(path)],
        cwd=ROOT, env={**os.environ, "MYPYPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert not run.stderr, run.stderr
    places = [line.split(":") for line in run.stdout.splitlines() if ": error: " in line]
    # The name alone, because an answer from the cache has the folder of an earlier run.
    assert all(Path(file).name == path.name for file, *_ in places), run.stdout
    return {int(number) for _, number, *_ in places}


def test_mypy_takes_exact_numbers_and_refuses_floats(tmp_path: Path) -> None:
    """Both in one run: the lines above are the control for the lines below, one by one."""
    program = tmp_path / "exact_and_rounded.py"
    program.write_text(PROGRAM, encoding="utf-8")
    wanted = {n for n, line in enumerate(PROGRAM.splitlines(), start=1) if line.endswith("# refused")}
    assert len(wanted) > 20
    assert lines_with_errors(program) == wanted


def test_the_types_say_what_the_numbers_are() -> None:
    reals, scalars = (rational(1), square_root(2)), (IMAGINARY_UNIT, scalar(square_root(2)))
    assert all(isinstance(value, Real) and not isinstance(value, Scalar) for value in reals)
    assert all(isinstance(value, Scalar) and not isinstance(value, Real) for value in scalars)
    assert [isinstance(value, Cyclotomic) for value in (*reals, *scalars)] == [False, True, False, True]
    assert (isinstance(rational(1), Rational), isinstance(IMAGINARY_UNIT, GaussianRational)) == (True, True)
    assert not any(isinstance(value, Number) for value in (1, 0.5, 1j, True, "1"))


def test_equal_numbers_of_different_kinds_differ() -> None:
    """Why the kinds are kept apart: a real number in place of a complex one would be compared wrongly."""
    assert rational(1) != scalar(1)
    assert square_root(2) * square_root(2) == rational(2) != scalar(2)
