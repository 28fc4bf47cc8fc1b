"""Comparing methods: those that apply are compared, the rest say why they do not, and none stops the others."""

import pytest

from eqcompile.derivation import compare as methods
from eqcompile.derivation.compare import WITNESS, compare_methods
from eqcompile.derivation.generators.basis import GeneratorBasis
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.symmetry.make import SU2, permutations
from eqcompile.symmetry.symmetry import Symmetry


def refuse(symmetry: Symmetry, locality: int) -> GeneratorBasis:
    raise LimitError("too large for this method")


def test_the_basis_is_that_of_the_first_method_that_applies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(methods.METHODS, "nullspace", refuse)
    comparison = compare_methods(SU2(3), 3)
    assert comparison.basis.method == "twirl"
    assert [outcome.reason for outcome in comparison.outcomes] == ["too large for this method", "", "", ""]
    assert [outcome.dimension for outcome in comparison.outcomes] == [None, 5, 5, 5]
    assert comparison


def test_without_any_method_the_first_reason_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in methods.METHODS:
        monkeypatch.setitem(methods.METHODS, name, refuse)
    with pytest.raises(LimitError, match="too large for this method"):
        compare_methods(SU2(3), 3)


def test_one_method_is_not_compared() -> None:
    (outcome,) = compare_methods(SU2(3), 2, ["choi"]).outcomes
    assert outcome.method == "choi"
    with pytest.raises(MethodError, match="unknown method 'magic'"):
        compare_methods(SU2(3), 2, ["magic"])


def test_factors_that_do_not_normalise_one_another() -> None:
    comparison = compare_methods(SU2(3, [0, 1]) * permutations(3, [(1, 2)]), 3)
    reasons = {outcome.method: outcome.reason for outcome in comparison.outcomes}
    assert list(reasons) == ["nullspace", "twirl", "choi", WITNESS]
    assert reasons["nullspace"] == reasons["choi"] == ""
    assert "SU(2) and (1 2) do not" in reasons["twirl"]
    assert reasons["twirl"] == reasons[WITNESS]


def test_a_mistake_is_no_missing_method() -> None:
    with pytest.raises(DimensionError, match="locality 0 is not between 1 and the 3 qubits"):
        compare_methods(SU2(3), 0)
