"""Sums of programs: values are those of the programs, added up; names, circuits and errors."""

from collections.abc import Callable
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit.primitives import StatevectorEstimator

import eqcompile as eq
from eqcompile.errors import ArgumentError, DimensionError

MODELS = Path(__file__).parents[2] / "siqml" / "models"

SAME = 1e-12
"""Between a sum and its programs: the same circuits, in batches of another size."""

EXACT = 1e-9
"""Between JAX and Qiskit."""

SLOPE = 1e-7
"""Between derivatives and central differences with steps of 1e-5."""

WITHOUT_DATA = """\
name: pair
qubits: 2
symmetry: [{rotation: SU(2)}]
state: singlets [[0, 1]]
observable: H(0,1)
ansatz: {depth: 1, blocks: 1, layer: [H(0,1)]}
"""


def shallow(name: str, depth: int = 2) -> "eq.Program":
    """A shipped model with fewer layers."""
    text = (MODELS / f"{name}.yaml").read_text(encoding="utf-8")
    (line,) = (line for line in text.splitlines() if line.startswith("  depth:"))
    return eq.compile(eq.loads(text.replace(line, f"  depth: {depth}"), path=f"{name}.yaml"))


@pytest.fixture(scope="module")
def water() -> "eq.Program":
    return shallow("water")


@pytest.fixture(scope="module")
def lih() -> "eq.Program":
    return shallow("lih")


@pytest.fixture(scope="module")
def three(water: "eq.Program", lih: "eq.Program") -> "eq.ProgramSum":
    """Two molecules with one set of weights, and the pair of oxygens."""
    return eq.ProgramSum(
        (
            eq.Term(water, 1.0, (1, 2), "molecule"),
            eq.Term(water, 0.75, (4, 5), "molecule"),
            eq.Term(lih, -0.5, (3, 0), "pair"),
        )
    )


def inputs(model: "eq.ProgramSum", batch: int = 3) -> tuple[Any, Any]:
    source = np.random.default_rng(7)
    return source.normal(0, 0.5, model.num_parameters), source.normal(size=(batch, model.num_sites, 3))


def test_values_are_the_weighted_sum(three: "eq.ProgramSum", water: "eq.Program", lih: "eq.Program") -> None:
    params, x = inputs(three)
    cut = water.num_parameters
    alone = water.to_jax()
    expected = (
        alone(params[:cut], x[:, [1, 2]])
        + 0.75 * alone(params[:cut], x[:, [4, 5]])
        - 0.5 * lih.to_jax()(params[cut:], x[:, [3, 0]])
    )
    np.testing.assert_allclose(three.to_jax()(params, x), expected, rtol=0, atol=SAME)


def test_terms_of_one_program_may_have_weights_of_their_own(water: "eq.Program") -> None:
    model = eq.ProgramSum((eq.Term(water, 1.0, (0, 1), "a"), eq.Term(water, 2.0, (2, 1), "b")))
    params, x = inputs(model)
    first, second = np.split(params, 2)
    alone = water.to_jax()
    expected = alone(first, x[:, [0, 1]]) + 2 * alone(second, x[:, [2, 1]])
    np.testing.assert_allclose(model.to_jax()(params, x), expected, rtol=0, atol=SAME)
    assert model.programs == (water,)
    assert model.parameter_names == tuple(f"{w}.{n}" for w in "ab" for n in water.parameter_names)


def test_programs_with_equal_parameters_may_share_them(water: "eq.Program") -> None:
    """Another observable on the same circuit."""
    other = eq.compile(eq.loads(water.spec.source.text.replace("observable: H(0,1)", "observable: H(2,3)")))
    model = eq.ProgramSum((eq.Term(water), eq.Term(other, 0.5)))
    params, x = inputs(model)
    assert model.parameter_names == water.parameter_names
    expected = water.to_jax()(params, x) + 0.5 * other.to_jax()(params, x)
    np.testing.assert_allclose(model.to_jax()(params, x), expected, rtol=0, atol=SAME)


def test_gradients_are_those_of_finite_differences(three: "eq.ProgramSum") -> None:
    import jax

    function = three.to_jax()
    params, x = inputs(three, batch=1)
    slopes = jax.grad(lambda p, y: function(p, y)[0], argnums=(0, 1))(params, x)
    step = 1e-5
    for number, (point, slope) in enumerate(zip((params, x), slopes, strict=True)):
        moves = step * np.eye(point.size).reshape(-1, *point.shape)
        pairs = [(point + move, point - move) for move in moves]
        ends = [
            [function(*((end, x) if number == 0 else (params, end)))[0] for end in pair] for pair in pairs
        ]
        found = np.array([(upper - lower) / (2 * step) for upper, lower in ends])
        np.testing.assert_allclose(np.ravel(slope), found, rtol=0, atol=SLOPE)


def test_one_term_is_its_program_to_the_bit(water: "eq.Program") -> None:
    for model in (
        eq.ProgramSum.of(water),
        eq.ProgramSum((eq.Term(water, 1, [0, 1]),)),  # type: ignore[arg-type]  # a list does as well
        eq.ProgramSum((eq.Term(water, weights="w"),)),
    ):
        assert model.alone is water
        assert model.parameter_names == water.parameter_names
        assert model.parameter_kinds == water.parameter_kinds
        assert model.sha256 == water.spec.source.sha256
        assert (model.name, model.num_sites) == ("water", 2)
        assert model.value_range == tuple(map(float, water.observable_range))
        params, x = inputs(model)
        np.testing.assert_array_equal(model.to_jax()(params, x), water.to_jax()(params, x))
    assert eq.ProgramSum.of(model) is model


def test_one_term_is_not_its_program_if_anything_is_between_them(water: "eq.Program") -> None:
    for model in (
        eq.ProgramSum((eq.Term(water, 2.0),)),
        eq.ProgramSum((eq.Term(water, sites=(1, 0)),)),
        eq.ProgramSum((eq.Term(water, sites=(0, 1)),), num_sites=3),
    ):
        assert model.alone is None
        assert model.parameter_names == water.parameter_names
        assert model.sha256 != water.spec.source.sha256
    doubled = eq.ProgramSum((eq.Term(water, 2.0),))
    params, x = inputs(doubled)
    np.testing.assert_allclose(doubled.to_jax()(params, x), 2 * water.to_jax()(params, x), rtol=0, atol=SAME)


def test_names_and_places(three: "eq.ProgramSum", water: "eq.Program", lih: "eq.Program") -> None:
    cut = water.num_parameters
    assert three.name == "2 water + lih"
    assert [term.name for term in three.terms] == ["water[1,2]", "water[4,5]", "lih[3,0]"]
    assert (three.num_sites, three.num_parameters) == (6, cut + lih.num_parameters)
    assert three.slices == {"molecule": slice(0, cut), "pair": slice(cut, three.num_parameters)}
    assert three.parameter_names[:2] == ("molecule.w_0_0_0", "molecule.w_0_0_1")
    assert three.parameter_names[-1] == "pair.alpha"
    assert len(set(three.parameter_names)) == three.num_parameters
    assert three.parameter_kinds == water.parameter_kinds + lih.parameter_kinds
    assert (three.programs, three.program_numbers) == ((water, lih), (0, 0, 1))
    params, x = inputs(three)
    np.testing.assert_array_equal(three.parameters_of(three.terms[2], params), params[cut:])
    np.testing.assert_array_equal(three.sites_of(three.terms[2], x), x[:, [3, 0]])


def test_the_range_holds_what_negative_coefficients_turn_around(three: "eq.ProgramSum") -> None:
    assert three.value_range == (-3 - 0.75 * 3 - 0.5, 1 + 0.75 + 0.5 * 3)


def test_every_change_changes_the_hash(three: "eq.ProgramSum", water: "eq.Program") -> None:
    first, second, third = three.terms
    others = (
        eq.ProgramSum((first, second)),
        eq.ProgramSum((second, first, third)),
        eq.ProgramSum(three.terms, num_sites=7),
        eq.ProgramSum((eq.Term(water, 1.1, (1, 2), "molecule"), second, third)),
        eq.ProgramSum((eq.Term(water, 1.0, (2, 1), "molecule"), second, third)),
        eq.ProgramSum((eq.Term(water, 1.0, (1, 2), "other"), second, third)),
        eq.ProgramSum((eq.Term(shallow("water", 3), 1.0, (1, 2), "deep"), second, third)),
    )
    assert len({three.sha256, *(other.sha256 for other in others)}) == 1 + len(others)
    assert eq.ProgramSum(three.terms).sha256 == three.sha256
    assert eq.ProgramSum(three.terms) == three


def test_a_sum_is_proven_if_every_term_is(three: "eq.ProgramSum", lih: "eq.Program") -> None:
    assert three.is_proven
    assert three.certificates[2] is lih.certificate
    text = lih.spec.source.text.replace("    - H(0,1)\n", "    - X0 X1\n")
    refused = eq.compile(eq.loads(text, path="refused.yaml"))
    assert not refused.certificate
    assert not eq.ProgramSum((*three.terms, eq.Term(refused, 1.0, (0, 3), "refused"))).is_proven


def test_circuits_give_the_same_values(three: "eq.ProgramSum") -> None:
    params, x = inputs(three)
    exact = three.to_jax()(params, x)
    job = StatevectorEstimator().run(list(three.pubs(x, params)))
    values = three.total([result.data.evs for result in job.result()])
    np.testing.assert_allclose(values, exact, rtol=0, atol=EXACT)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(sum(result.data.evs for result in job.result()), exact, rtol=0, atol=EXACT)


@pytest.mark.skipif(
    find_spec("pennylane") is None, reason='PennyLane is not installed: pip install -e ".[pennylane]"'
)
# Autograd, below PennyLane, makes complex cotangents real.
@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
def test_quantum_functions_give_the_same_values(three: "eq.ProgramSum") -> None:
    import pennylane as qml

    params, x = inputs(three, batch=1)
    values = []
    for term, circuit in zip(three.terms, three.to_pennylane(), strict=True):

        @qml.qnode(qml.device("default.qubit", wires=circuit.num_qubits))
        def value(weights: Any, sites: Any, circuit: Any = circuit) -> Any:
            circuit(weights, sites)
            return qml.expval(circuit.observable)

        values.append(float(value(three.parameters_of(term, params), three.sites_of(term, x)[0])))
    np.testing.assert_allclose(three.total(values), three.to_jax()(params, x)[0], rtol=0, atol=EXACT)


def test_equal_programs_have_one_circuit(three: "eq.ProgramSum") -> None:
    circuits = three.to_qiskit("angles", backend="aer")
    assert circuits[0] is circuits[1]
    assert circuits[0] is not circuits[2]
    params, x = inputs(three)
    pubs = three.pubs(x, params, circuits=circuits)
    assert [pub.shape for pub in pubs] == [(3,)] * 3
    assert [pub.circuit for pub in pubs] == list(circuits)
    on_device = three.pubs(x, params, backend="aer")
    assert [pub.shape for pub in on_device] == [(3,)] * 3


def test_leading_axes_are_broadcast(three: "eq.ProgramSum") -> None:
    source = np.random.default_rng(1)
    params = source.normal(size=(4, 1, three.num_parameters))
    x = source.normal(size=(3, three.num_sites, 3))
    assert [pub.shape for pub in three.pubs(x, params)] == [(4, 3)] * 3


def test_a_report_of_noise_has_an_entry_for_each_generator_of_each_term(
    three: "eq.ProgramSum", water: "eq.Program"
) -> None:
    params, x = inputs(three, batch=2)
    done: list[int] = []
    found = three.noise_report(x, params, "fake_manila", advance=done.append)
    assert [entry.generator for entry in found] == [
        f"{term.name}: {name}" for term in three.terms for name in term.program.symmetry.generator_names
    ]
    second = three.parameters_of(three.terms[1], params)
    own = water.noise_report(x[:, [4, 5]], second, "fake_manila")
    start = len(own)
    for entry, alone in zip(found[start : 2 * start], own, strict=True):
        assert entry.change == pytest.approx(0.75 * alone.change)
        assert entry.kept == alone.kept
    assert done == sorted(done)
    assert (
        done[-1]
        == three.num_reported(2)
        == 2 * sum(1 + len(t.program.symmetry.generators) for t in three.terms)
    )


def test_one_term_reports_as_its_program(water: "eq.Program") -> None:
    model = eq.ProgramSum.of(water)
    params, x = inputs(model, batch=1)
    assert model.noise_report(x, params, "fake_manila") == water.noise_report(x, params, "fake_manila")


def test_sums_without_data() -> None:
    program = eq.compile(eq.loads(WITHOUT_DATA))
    model = eq.ProgramSum((eq.Term(program, 2.0), eq.Term(program, 0.5, (), "other")))
    params = np.array([0.3, -0.7])
    expected = 2 * program.to_jax()(params[:1], None) + 0.5 * program.to_jax()(params[1:], None)
    np.testing.assert_allclose(model.to_jax()(params, None), expected, rtol=0, atol=SAME)
    job = StatevectorEstimator().run(list(model.pubs(None, params)))
    values = model.total([result.data.evs for result in job.result()])
    np.testing.assert_allclose(values, expected[0], rtol=0, atol=EXACT)


WRONG: dict[str, tuple[Callable[["eq.Program", "eq.Program"], Any], str]] = {
    "no program": (
        lambda w, _: eq.Term(3),
        "program: a program, such as eq.compile returns, is needed; found int 3",
    ),
    "coefficient nan": (
        lambda w, _: eq.Term(w, float("nan")),
        "coefficient: a finite number other than 0 is needed; found float nan",
    ),
    "coefficient inf": (
        lambda w, _: eq.Term(w, float("inf")),
        "coefficient: a finite number other than 0 is needed; found float inf",
    ),
    "coefficient 0": (
        lambda w, _: eq.Term(w, 0),
        "coefficient: a finite number other than 0 is needed; found int 0",
    ),
    "coefficient text": (
        lambda w, _: eq.Term(w, "2"),
        'coefficient: a finite number other than 0 is needed; found str "2"',
    ),
    "too many sites": (
        lambda w, _: eq.Term(w, 1, (0, 1, 2)),
        "sites: water needs 2 of them; found 3: [0, 1, 2]",
    ),
    "too few sites": (lambda w, _: eq.Term(w, 1, ()), "sites: water needs 2 of them; found 0: []"),
    "a site twice": (
        lambda w, _: eq.Term(w, 1, (4, 4)),
        "sites: site 4 is named twice in [4, 4]; name each once",
    ),
    "a negative site": (
        lambda w, _: eq.Term(w, 1, (0, -1)),
        "sites: a whole number of at least 0 is needed; found -1",
    ),
    "sites as text": (
        lambda w, _: eq.Term(w, 1, "01"),
        'sites: a list of whole numbers is needed, such as [0, 1]; found str "01"',
    ),
    "a name with a dot": (
        lambda w, _: eq.Term(w, weights="a.b"),
        'weights: a name begins with a letter and goes on with letters, digits or _; found str "a.b"',
    ),
    "weights no text": (lambda w, _: eq.Term(w, weights=3), "weights: text is needed; found int 3"),
    "no terms": (
        lambda w, _: eq.ProgramSum(()),
        "terms: one or more terms are needed, such as (eq.Term(program),); found tuple ()",
    ),
    "one term": (
        lambda w, _: eq.ProgramSum(3),
        "terms: one or more terms are needed, such as (eq.Term(program),); found int 3",
    ),
    "something else": (
        lambda w, _: eq.ProgramSum((eq.Term(w), 3)),
        "terms[1]: a term is needed, such as eq.Term(program); found int 3",
    ),
    "out of range": (
        lambda w, _: eq.ProgramSum((eq.Term(w, 1, (0, 5)),), 5),
        "terms[0] (water): site 5 does not exist; the sum has 5, numbered from 0",
    ),
    "not on all": (
        lambda w, _: eq.ProgramSum((eq.Term(w), eq.Term(w, 1, (2, 3)))),
        "terms[0] (water): it has 2 sites, the sum has 4; name the sites that it is on",
    ),
    "shared": (
        lambda w, other: eq.ProgramSum((eq.Term(w), eq.Term(other))),
        'terms: water and lih share the weights "", but their parameters differ (13 and 7); give them different names',
    ),
    "num_sites": (
        lambda w, _: eq.ProgramSum((eq.Term(w),), -1),
        "num_sites: a whole number of at least 0 is needed; found -1",
    ),
    "no model": (
        lambda w, _: eq.ProgramSum.of(3),
        "model: a program, such as eq.compile returns, is needed; found int 3",
    ),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_what_makes_no_sum_is_refused(
    make: Callable[["eq.Program", "eq.Program"], Any], message: str, water: "eq.Program", lih: "eq.Program"
) -> None:
    with pytest.raises(ArgumentError) as caught:
        make(water, lih)
    assert str(caught.value) == message


SHAPES: dict[str, tuple[Callable[["eq.ProgramSum"], Any], str]] = {
    "params": (
        lambda m: m.to_jax()(np.zeros(3), np.zeros((1, 6, 3))),
        "expected parameters of shape (20,); found (3,)",
    ),
    "x": (
        lambda m: m.to_jax()(np.zeros(20), np.zeros((1, 5, 3))),
        "expected positions of shape (batch, 6, 3); found (1, 5, 3)",
    ),
    "one structure": (
        lambda m: m.to_jax()(np.zeros(20), np.zeros((6, 3))),
        "expected positions of shape (batch, 6, 3); found (6, 3)",
    ),
    "no x": (lambda m: m.to_jax()(np.zeros(20), None), "the model takes positions of shape (batch, 6, 3)"),
    "part of params": (
        lambda m: m.parameters_of(m.terms[0], np.zeros(3)),
        "expected parameters of shape (20,); found (3,)",
    ),
    "part of x": (
        lambda m: m.sites_of(m.terms[0], np.zeros((5, 3))),
        "expected positions of shape (..., 6, 3); found (5, 3)",
    ),
    "pubs": (
        lambda m: m.pubs(np.zeros((6, 3)), np.zeros(3)),
        "expected parameters of shape (20,); found (3,)",
    ),
    "pubs of text": (
        lambda m: m.pubs(np.zeros((6, 3)), "a"),
        'parameters are an array of numbers; found str "a"',
    ),
    "total": (lambda m: m.total([1.0, 2.0]), "expected values of shape (3, ...); found (2,)"),
}


@pytest.mark.parametrize(("call", "message"), SHAPES.values(), ids=SHAPES)
def test_other_shapes_are_refused(
    call: Callable[["eq.ProgramSum"], Any], message: str, three: "eq.ProgramSum"
) -> None:
    with pytest.raises(DimensionError) as caught:
        call(three)
    assert str(caught.value) == message


def test_other_circuits_and_other_terms_are_refused(three: "eq.ProgramSum", water: "eq.Program") -> None:
    params, x = inputs(three)
    with pytest.raises(ArgumentError, match=r"^circuits: one for each of 3 terms is needed; found 2$"):
        three.pubs(x, params, circuits=three.to_qiskit("angles")[:2])
    with pytest.raises(ArgumentError, match=r'^term: the sum has no weights "elsewhere"$'):
        three.parameters_of(eq.Term(water, weights="elsewhere"), params)


@pytest.fixture(scope="module")
def combined(water: "eq.Program", lih: "eq.Program") -> "eq.ProgramSum":
    """Circuits on bonds, and on half the distance of two sites and its opposite."""
    half = Fraction(1, 2)
    return eq.ProgramSum(
        (
            eq.Term(water, 1.0, ({1: 1, 0: -1}, {2: 1, 0: -1}), "bonds"),
            eq.Term(water, 0.5, ([(2, "1"), (1, "-1")], [(0, 1), (1, -1)]), "bonds"),
            eq.Term(lih, -2.0, ({0: half, 1: -half}, {1: "1/2", 0: "-1/2"}), "pair"),
            eq.Term(lih, 1.0, (2, {0: 1, 1: 1}), "mixed"),
        )
    )


def test_combinations_of_sites_are_taken(
    combined: "eq.ProgramSum", water: "eq.Program", lih: "eq.Program"
) -> None:
    params, x = inputs(combined)
    found = [combined.sites_of(term, x) for term in combined.terms]
    np.testing.assert_array_equal(found[0], x[:, [1, 2]] - x[:, [0, 0]])
    np.testing.assert_array_equal(found[2][:, 0], (x[:, 0] - x[:, 1]) / 2)
    np.testing.assert_array_equal(found[3], np.stack([x[:, 2], x[:, 0] + x[:, 1]], axis=1))
    alone = [
        t.program.to_jax()(combined.parameters_of(t, params), y)
        for t, y in zip(combined.terms, found, strict=True)
    ]
    values = combined.to_jax()(params, x)
    np.testing.assert_allclose(values, combined.total(alone), rtol=0, atol=SAME)
    job = StatevectorEstimator().run(list(combined.pubs(x, params)))
    measured = combined.total([result.data.evs for result in job.result()])
    np.testing.assert_allclose(measured, values, rtol=0, atol=EXACT)
    assert combined.num_sites == 3
    assert [term.name for term in combined.terms[:2]] == ["water[x1 - x0,x2 - x0]", "water[x2 - x1,x0 - x1]"]


def test_derivatives_go_back_by_the_transpose(combined: "eq.ProgramSum") -> None:
    source = np.random.default_rng(2)
    for term in combined.terms:
        x, d = source.normal(size=(2, 3, 3)), source.normal(size=(2, 2, 3))
        back = combined.from_sites_of(term, d)
        assert back.shape == x.shape
        assert (back * x).sum() == pytest.approx((d * combined.sites_of(term, x)).sum())


def test_quantum_functions_and_reports_take_combinations(combined: "eq.ProgramSum") -> None:
    params, x = inputs(combined, batch=1)
    assert len(combined.to_qiskit()) == 4
    report = combined.noise_report(x, params, "statevector")
    assert report[0].generator.startswith("water[x1 - x0,x2 - x0]: ")
    assert all(abs(entry.change) < EXACT for entry in report if entry.kept)


def test_one_site_alone_is_its_number(water: "eq.Program") -> None:
    plain = eq.Term(water, 1.0, (1, 0))
    assert eq.Term(water, 1.0, ({1: 1}, [(0, Fraction(1))])) == plain  # type: ignore[arg-type]
    everywhere = eq.ProgramSum((eq.Term(water, 1.0, ({0: 1}, {1: 1})),))  # type: ignore[arg-type]
    assert everywhere.alone is water


WRONG_COMBINATIONS: dict[str, tuple[Any, str]] = {
    "zero": (({0: 0}, 1), "sites: the combination {0: 0} is zero for all positions"),
    "empty": (({}, 1), "sites: the combination {} is zero for all positions"),
    "a float": (
        ({0: 0.5}, 1),
        'sites: a coefficient is a whole number, a fraction, or text such as "1/2"; found',
    ),
    "text": (({0: "half"}, 1), "sites: a coefficient is a whole number, a fraction"),
    "code": (({0: "1/0"}, 1), "sites: a coefficient is a whole number, a fraction"),
    "a site twice": (([(0, 1), (0, 1)], 1), "sites: a site is named twice in the combination"),
    "no pairs": (([0, 1], 1), "sites: a combination is written {1: 1, 0: -1}"),
    "a negative site": (({-1: 1}, 1), "sites: a whole number of at least 0 is needed; found -1"),
    "equal ones": (({0: 1, 1: 1}, {1: 1, 0: 1}), "site x0 + x1 is named twice in [x0 + x1, x0 + x1]"),
}


@pytest.mark.parametrize("name", WRONG_COMBINATIONS)
def test_wrong_combinations_are_refused(name: str, water: "eq.Program") -> None:
    sites, message = WRONG_COMBINATIONS[name]
    with pytest.raises(ArgumentError) as caught:
        eq.Term(water, 1.0, sites)
    assert message in str(caught.value)
