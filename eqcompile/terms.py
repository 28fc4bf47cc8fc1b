r"""Sums of programs: a model of several circuits, each on some of the sites.

.. math:: f(\theta, x) = \sum_t c_t\, f_t(\theta_{w(t)}, M_t x)

Every term is a program with a certificate of its own, on some of the sites or on linear combinations of them. Terms may
share their parameters, as equal fragments of a molecule do. A sum of one term with coefficient 1 on all sites is that
program: same function, names and numbers. A sum whose spec declares a symmetry has one certificate for the whole.
"""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias

from eqcompile.arguments import found, printed, require_text, whole_number
from eqcompile.circuits.ansatz import ParameterKind
from eqcompile.claims.certificate import Certificate
from eqcompile.claims.of_sum.certify import certify_sum
from eqcompile.claims.of_sum.parts import SumParts, SumProgram, SumTerm
from eqcompile.declaration.sums.sum_spec import SumSpec
from eqcompile.errors import ArgumentError, DimensionError
from eqcompile.exact.linear.combination import (
    MAX_COEFFICIENT,
    Combination,
    combination,
    combination_text,
    row_of,
    single,
    too_large,
)
from eqcompile.groups.of_vectors import SiteSymmetry
from eqcompile.program import PROGRAM, Program

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.primitives.containers.estimator_pub import EstimatorPub
    from qiskit.providers import BackendV2

    from eqcompile.devices.devices import Device
    from eqcompile.devices.noise_report import Violation
    from eqcompile.emit.binding import DataForm
    from eqcompile.emit.pennylane import PennyLaneCircuit

_WEIGHTS = re.compile(r"([A-Za-z][A-Za-z0-9_]*)?")
_FRACTION = re.compile(r"-?[0-9]{1,200}(/0*[1-9][0-9]{0,200})?")

Site: TypeAlias = int | Combination
"""What a program's site is in a sum: a site, or a combination of several."""


@dataclass(frozen=True)
class Term:
    r"""One summand :math:`c\, f(\theta, M x)`.

    Args:
        program: f, with its certificate.
        coefficient: c, finite and not 0.
        sites: M, for each site of the program a site of the sum, or a combination such as ``{1: 1, 0: -1}`` for
            :math:`x_1 - x_0`; by default all sites of the sum. Coefficients are whole numbers, fractions, or text such
            as ``"1/2"``.
        weights: name of the parameters; terms with the same name share them.

    Raises:
        ArgumentError: something else; another number of sites than the program has; or a site that is named twice.
    """

    program: Program
    coefficient: float = 1.0
    sites: tuple[Site, ...] | None = None
    weights: str = ""

    def __post_init__(self) -> None:
        PROGRAM("program", self.program)
        object.__setattr__(self, "coefficient", _coefficient(self.coefficient))
        if not _WEIGHTS.fullmatch(require_text("weights", self.weights)):
            raise ArgumentError(
                "weights: a name begins with a letter and goes on with letters, digits or _; "
                f"found {found(self.weights)}"
            )
        if self.sites is None:
            return
        sites = _sites(self.sites)
        listed = "[" + ", ".join(map(_site_text, sites)) + "]"
        needed = self.program.spec.num_sites
        if len(sites) != needed:
            raise ArgumentError(
                f"sites: {self.program.spec.name} needs {needed} of them; found {len(sites)}: {listed}"
            )
        if twice := [site for site, count in Counter(sites).items() if count > 1]:
            raise ArgumentError(
                f"sites: site {_site_text(twice[0])} is named twice in {listed}; name each once"
            )
        object.__setattr__(self, "sites", sites)

    def __deepcopy__(self, memo: object) -> "Term":
        """Itself: it never changes."""
        return self

    @property
    def name(self) -> str:
        """Name of the program, with the sites that it is on, such as ``water[1,2]`` or ``water[x1 - x0,x2 - x0]``."""
        on = "" if self.sites is None else f"[{','.join(map(_site_text, self.sites))}]"
        return f"{self.program.spec.name}{on}"

    @property
    def rows(self) -> tuple[Combination, ...]:
        """M: the combination of the sum's sites at each site of the program."""
        sites = range(self.program.spec.num_sites) if self.sites is None else self.sites
        return tuple(single(site) if isinstance(site, int) else site for site in sites)


@dataclass(frozen=True)
class ProgramSum:
    r"""A weighted sum of programs, :math:`\sum_t c_t\, f_t(\theta_{w(t)}, M_t x)`.

    Args:
        terms: one or more.
        num_sites: number of sites of the input; by default as many as the terms need.
        spec: the spec that these terms were compiled from, which declares the symmetry of the whole.
        factors: what the coefficients of the spec are multiplied by, for names of weights, see :meth:`weighted`.

    Raises:
        ArgumentError: not a term, or none; a site that is out of range; a term on all sites whose program has another
            number of them; terms that share parameters of different names or kinds; or a spec of other terms.

    >>> from eqcompile.compile_spec import compile
    >>> from eqcompile.declaration.loader import loads
    >>> pair = compile(loads('''
    ... name: pair
    ... qubits: 2
    ... data: {sites: [A, B], encode: {A: [0], B: [1]}}
    ... symmetry: [{rotation: SU(2)}]
    ... state: singlets [[0, 1]]
    ... observable: H(0,1)
    ... ansatz: {depth: 1, blocks: 1, layer: [H(0,1)]}
    ... '''))
    >>> chain = ProgramSum((Term(pair, sites=(0, 1), weights="bond"), Term(pair, 0.5, (1, 2), "bond")))
    >>> chain.name, chain.num_sites, chain.parameter_names, chain.value_range
    ('2 pair', 3, ('bond.w_0_0_0', 'bond.alpha'), (-4.5, 1.5))
    """

    terms: tuple[Term, ...]
    num_sites: int = 0
    spec: SumSpec | None = field(default=None, repr=False)
    factors: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        terms = _listed(self.terms)
        needed = max(map(_needed_sites, terms))
        count = whole_number("num_sites", self.num_sites, least=0) or needed
        for number, term in enumerate(terms):
            _require_sites(f"terms[{number}] ({term.program.spec.name})", term, count)
        _require_shared(terms)
        terms = tuple(replace(term, sites=None) if _is_everywhere(term, count) else term for term in terms)
        object.__setattr__(self, "terms", terms)
        object.__setattr__(self, "num_sites", count)
        if self.spec is not None:
            _require_factors(self)
            _require_declared(self, self.spec)
        elif self.factors:
            raise ArgumentError("factors: they are of the coefficients of a spec, and there is none")

    def __deepcopy__(self, memo: object) -> "ProgramSum":
        """Itself: it never changes."""
        return self

    @classmethod
    def of(cls, model: "AnyProgram") -> "ProgramSum":
        """The sum itself, or the sum of a single program.

        Raises:
            ArgumentError: something else.
        """
        return model if isinstance(model, ProgramSum) else cls((Term(PROGRAM("model", model)),))

    def weighted(self, factors: Mapping[str, float]) -> "ProgramSum":
        """The sum with all coefficients of a name of weights multiplied by one number.

        Terms that the symmetry of the whole exchanges have one name of weights, and equal coefficients before and
        after. So the certificate of the whole holds for all factors.

        Args:
            factors: a finite number other than 0 for each name of weights that it names; the others stay.

        Raises:
            ArgumentError: a name that the sum does not have, no such number, or a sum that is weighted already.
        """
        if self.factors:
            raise ArgumentError("factors: this sum is weighted already; weight the one that was compiled")
        if not isinstance(factors, Mapping):
            raise ArgumentError(
                f"factors: a mapping such as {{'pair': 0.5}} is needed; found {found(factors)}"
            )
        given = {name: _coefficient(value) for name, value in factors.items()}
        if unknown := sorted(set(given) - set(self.parameter_sets)):
            raise ArgumentError(f'factors: the sum has no weights "{unknown[0]}"')
        terms = tuple(
            replace(term, coefficient=term.coefficient * given.get(term.weights, 1.0)) for term in self.terms
        )
        kept = () if self.spec is None else tuple(sorted(given.items()))
        return ProgramSum(terms, self.num_sites, self.spec, kept)

    @property
    def alone(self) -> Program | None:
        """The program that this sum is: its only term, with coefficient 1 and on all sites; else ``None``."""
        first = self.terms[0]
        is_alone = len(self.terms) == 1 and first.coefficient == 1 and first.sites is None
        return first.program if is_alone and self.spec is None else None

    @property
    def name(self) -> str:
        """The name in the spec; without one, those of the programs and how often each is there: ``2 water + lih``."""
        if self.spec is not None:
            return self.spec.name
        counts = Counter(term.program.spec.name for term in self.terms)
        return " + ".join(name if count == 1 else f"{count} {name}" for name, count in counts.items())

    @property
    def layout(self) -> dict[str, Any]:
        """The sum in plain data for JSON, with the hash of each spec in the place of its program."""
        terms = [(t.program.spec.source.sha256, t.coefficient, t.sites, t.weights) for t in self.terms]
        return _layout(self.num_sites, terms, self.spec)

    @cached_property
    def sha256(self) -> str:
        """What the sum is known by: the hash of its spec if it is :attr:`alone`, else that of its layout."""
        if self.alone is not None:
            return self.alone.spec.source.sha256
        return _hash(self.layout)

    @staticmethod
    def sha256_of(spec: SumSpec, factors: Mapping[str, float] | None = None) -> str:
        """What the sum will be known by that is compiled from a spec; nothing is compiled for it.

        Args:
            spec: the spec.
            factors: those of :meth:`weighted`, if it is weighted.

        Raises:
            ArgumentError: not the spec of a sum.
        """
        if not isinstance(spec, SumSpec):
            raise ArgumentError(f"spec: the spec of a sum is needed; found {found(spec)}")
        by = dict(factors or {})
        terms = [
            (
                t.spec.source.sha256,
                _coefficient(t.coefficient) * by.get(t.weights, 1.0),
                _sites(t.sites),
                t.weights,
            )
            for t in spec.terms
        ]
        everywhere = tuple(range(spec.num_sites))
        plain = [(*term[:2], None if term[2] == everywhere else term[2], term[3]) for term in terms]
        return _hash(_layout(spec.num_sites, plain, spec))

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """The proofs, one certificate for each term."""
        return tuple(term.program.certificate for term in self.terms)

    @property
    def symmetry(self) -> SiteSymmetry | None:
        """The group that the spec declares for the whole; ``None`` without a spec."""
        return None if self.spec is None else self.spec.symmetry

    @cached_property
    def certificate(self) -> Certificate | None:
        """The proof for the whole, where a spec declares its symmetry; that of the program if it is :attr:`alone`.

        It covers exchanges of terms, and holds the certificates of the programs. See
        :func:`eqcompile.claims.of_sum.certify.certify_sum`.
        """
        if self.spec is None:
            return None if self.alone is None else self.alone.certificate
        return certify_sum(
            self.spec.name, self.spec.symmetry, self._parts(self.spec), self.spec.source.sha256
        )

    def _parts(self, spec: SumSpec) -> SumParts:
        programs = tuple(SumProgram(p.spec.name, p.certificate, p.kept_symmetry) for p in self.programs)
        pairs = zip(spec.terms, self.terms, self.program_numbers, strict=True)
        terms = tuple(
            SumTerm(declared.entry, number, declared.coefficient, term.weights, term.rows)
            for declared, term, number in pairs
        )
        return SumParts(spec.sites, programs, terms)

    @property
    def is_proven(self) -> bool:
        """Whether all is proven that is declared.

        With a spec, that is the symmetry of the whole, exchanges of terms included. Without one, it is the symmetry
        that the spec of every term declares; nothing is then said about elements that exchange terms, such as the
        exchange of two equal fragments.
        """
        return all(self.certificates) if self.spec is None else bool(self.certificate)

    @property
    def programs(self) -> tuple[Program, ...]:
        """The different programs, in the order in which they first appear."""
        return tuple(self._programs_and_numbers[0])

    @property
    def program_numbers(self) -> tuple[int, ...]:
        """For each term, which of :attr:`programs` is its own."""
        return tuple(self._programs_and_numbers[1])

    @cached_property
    def _programs_and_numbers(self) -> tuple[list[Program], list[int]]:
        programs: list[Program] = []
        numbers = []
        for term in self.terms:
            if term.program not in programs:
                programs.append(term.program)
            numbers.append(programs.index(term.program))
        return programs, numbers

    @cached_property
    def parameter_sets(self) -> dict[str, Program]:
        """Names of the parameters that terms share, each with the first program that has them, in order."""
        sets: dict[str, Program] = {}
        for term in self.terms:
            sets.setdefault(term.weights, term.program)
        return sets

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Where the parameters of each name stand in the flat vector."""
        found, start = {}, 0
        for weights, program in self.parameter_sets.items():
            found[weights] = slice(start, start := start + program.num_parameters)
        return found

    @property
    def num_parameters(self) -> int:
        """Number of trainable parameters; what terms share counts once."""
        return len(self.parameter_names)

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """Trainable parameters in the order of the flat vector.

        Of one term: those of its program. Of several: with the name of the weights in front, such as ``water.alpha``.
        """
        parts = self.parameter_sets.items()
        if len(self.terms) == 1:
            return self.terms[0].program.parameter_names
        return tuple(
            f"{weights}.{name}" if weights else name
            for weights, program in parts
            for name in program.parameter_names
        )

    @cached_property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        """What each of ``parameter_names`` is: ``"weight"``, ``"breaking"`` or ``"scale"``."""
        return tuple(chain.from_iterable(program.parameter_kinds for program in self.parameter_sets.values()))

    def parameters_of(self, term: Term, params: Any) -> Any:
        """The parameters of one term, ``(..., term.program.num_parameters)``.

        Args:
            term: one of the terms.
            params: parameters of the sum, ``(..., num_parameters)``.

        Raises:
            ArgumentError: not a term, or one with weights that the sum does not have.
            DimensionError: another number of parameters.
        """
        weights = _term(term).weights
        if weights not in self.slices:
            raise ArgumentError(f'term: the sum has no weights "{weights}"')
        params = _array(params)
        if params.shape[-1:] != (self.num_parameters,):
            raise DimensionError(
                f"expected parameters of shape ({self.num_parameters},); found {tuple(params.shape)}"
            )
        return params[..., self.slices[weights]]

    def sites_of(self, term: Term, x: Any) -> Any:
        """The positions that one term takes, ``(..., term.program.spec.num_sites, 3)``.

        Args:
            term: one of the terms.
            x: positions ``(..., num_sites, 3)`` in angstrom.

        Raises:
            ArgumentError: not a term, or one on sites that the sum does not have.
            DimensionError: another shape.
        """
        sites = _term(term).sites
        if sites is not None and _needed_sites(term) > self.num_sites:
            last = _needed_sites(term) - 1
            raise ArgumentError(f"term: it needs site {last}, and the sum has {self.num_sites} sites")
        x = _array(x)
        if tuple(x.shape[-2:]) != (self.num_sites, 3):
            raise DimensionError(
                f"expected positions of shape (..., {self.num_sites}, 3); found {tuple(x.shape)}"
            )
        if sites is None:
            return x
        plain = _plain(sites)
        return self.matrix_of(term) @ x if plain is None else x[..., plain, :]

    def from_sites_of(self, term: Term, by_sites: Any) -> Any:
        r"""Derivatives by the positions of the sum, :math:`M^T d`, of what has the derivatives d by those of one term.

        Args:
            term: one of the terms.
            by_sites: d, ``(..., term.program.spec.num_sites, 3)``.

        Returns:
            ``(..., num_sites, 3)``; zero at sites that the term does not see.
        """
        sites = _term(term).sites
        if sites is None:
            return by_sites
        import numpy as np

        found = np.zeros((*by_sites.shape[:-2], self.num_sites, 3))
        plain = _plain(sites)
        if plain is None:
            return self.matrix_of(term).T @ by_sites
        found[..., plain, :] = by_sites
        return found

    def matrix_of(self, term: Term) -> Any:
        """M as floating-point numbers: ``(term.program.spec.num_sites, num_sites)``.

        Raises:
            ArgumentError: not a term.
        """
        import numpy as np

        rows = (row_of(row, self.num_sites) for row in _term(term).rows)
        found = np.array([[float(value) for value in row] for row in rows])
        return found.reshape(term.program.spec.num_sites, self.num_sites)

    @cached_property
    def value_range(self) -> tuple[float, float]:
        r"""An interval that holds every value: the sum of :math:`c_t [\lambda_{min}, \lambda_{max}]`.

        The ends are values of a single program, and may be out of reach of terms that share parameters or sites.
        """
        ends = [sorted(term.coefficient * float(end) for end in term.program.observable_range)
                for term in self.terms]  # fmt: skip
        return sum(low for low, _ in ends), sum(high for _, high in ends)

    def to_jax(self) -> Callable[[Any, Any], Any]:
        """The sum as ``f(params, x)``, with parameters ``(num_parameters,)`` and positions ``(batch, num_sites, 3)``.

        Values are ``(batch,)``; all else is as for :meth:`eqcompile.program.Program.to_jax`. A sum that is
        :attr:`alone` is that program's own function. Terms of one program with one name of weights go through the
        circuit together, as a larger batch.
        """
        return _in_jax(self) if self.alone is None else self.alone.to_jax()

    def to_qiskit(self, data: "DataForm | None" = None, **options: Any) -> "tuple[QuantumCircuit, ...]":
        """The circuit of each term, with its observable; the sum over them is taken outside, by :meth:`total`.

        Equal programs have one circuit, which is transpiled once and has the parameters of the program; what its terms
        differ in are the values of these.

        Args:
            data: form of the data parameters.
            options: further arguments of :meth:`eqcompile.program.Program.to_qiskit`, which also says what is raised.
        """
        circuits = [program.to_qiskit(data, **options) for program in self.programs]
        return tuple(circuits[number] for number in self.program_numbers)

    def to_pennylane(self, **options: Any) -> "tuple[PennyLaneCircuit, ...]":
        """The quantum function of each term, with its observable; :meth:`total` adds up what they are measured to be.

        Each is called with :meth:`parameters_of` and :meth:`sites_of` its term.

        Args:
            options: arguments of :meth:`eqcompile.program.Program.to_pennylane`, which also says what is raised.
        """
        circuits = [program.to_pennylane(**options) for program in self.programs]
        return tuple(circuits[number] for number in self.program_numbers)

    def pubs(
        self,
        x: Any,
        params: Any,
        backend: "str | BackendV2 | Device | None" = None,
        circuits: "Iterable[QuantumCircuit] | None" = None,
    ) -> "tuple[EstimatorPub, ...]":
        """One input of an Estimator V2 for each term; :meth:`total` makes the value of the sum of their results.

        Args:
            x: positions ``(..., num_sites, 3)`` in angstrom; ``None`` where the sum takes none.
            params: trainable parameters ``(..., num_parameters)``; leading axes are broadcast against those of ``x``.
            backend: as for :meth:`eqcompile.program.Program.pub`.
            circuits: what :meth:`to_qiskit` returned in the form ``"angles"``, to transpile only once.

        Raises:
            ArgumentError: another number of circuits than of terms.
            DimensionError: wrong shapes, or numbers that are not finite.
            BackendError: as :meth:`eqcompile.program.Program.pub`.
        """
        weights = _floats("parameters", params)
        positions = _floats("positions", _no_positions() if x is None else x)
        made = list(self.to_qiskit("angles", backend=backend) if circuits is None else circuits)
        if len(made) != len(self.terms):
            raise ArgumentError(
                f"circuits: one for each of {len(self.terms)} terms is needed; found {len(made)}"
            )
        return tuple(
            term.program.pub(
                self.sites_of(term, positions), self.parameters_of(term, weights), circuit=circuit
            )
            for term, circuit in zip(self.terms, made, strict=True)
        )

    def total(self, values: Any) -> Any:
        """The value of the sum, ``(...)``, of the values of its terms, ``(num_terms, ...)``.

        Raises:
            DimensionError: another number of values.
        """
        found = _floats("values", values)
        if found.shape[:1] != (len(self.terms),):
            raise DimensionError(f"expected values of shape ({len(self.terms)}, ...); found {found.shape}")
        return sum(term.coefficient * value for term, value in zip(self.terms, found, strict=True))

    def noise_report(
        self,
        x: Any,
        params: Any,
        backend: "str | BackendV2 | Device",
        shots: int | None = None,
        seed: int | None = 0,
        noise: bool = True,
        advance: Callable[[int], None] = lambda done: None,
    ) -> "tuple[Violation, ...]":
        """How far a device breaks each symmetry of each term, by what that changes in the sum.

        Args:
            x, params, backend, shots, seed, noise, advance: as for :meth:`eqcompile.program.Program.noise_report`,
                positions and parameters being those of the sum.

        Returns:
            The entries of every term, multiplied by the size of its coefficient. With several terms, each entry begins
            with the name of its term.

        Raises:
            BackendError: as :meth:`eqcompile.program.Program.noise_report`.
            DimensionError: wrong shapes, or a term without data.
        """
        weights, positions = _floats("parameters", params), _floats("positions", x)
        entries: list[Violation] = []
        before = 0
        for term in self.terms:
            how = (backend, shots, seed, noise, _shifted(advance, before))
            part, sites = self.parameters_of(term, weights), self.sites_of(term, positions)
            for entry in term.program.noise_report(sites, part, *how):
                scaled = entry.scaled(abs(term.coefficient))
                label = entry.generator if len(self.terms) == 1 else f"{term.name}: {entry.generator}"
                entries.append(replace(scaled, generator=label))
            before += _num_reported(term, len(positions))
        return tuple(entries)

    def num_reported(self, num_points: int) -> int:
        """Values that :meth:`noise_report` takes for so many points."""
        return sum(_num_reported(term, num_points) for term in self.terms)


AnyProgram: TypeAlias = Program | ProgramSum
"""One program, or a sum of several."""


def _num_reported(term: Term, num_points: int) -> int:
    """Every point, and its image under every generator."""
    return num_points * (1 + len(term.program.symmetry.generators))


def _term(value: object) -> Term:
    if not isinstance(value, Term):
        raise ArgumentError(f"term: a term of the sum is needed; found {found(value)}")
    return value


def _coefficient(value: object) -> float:
    try:
        is_number = isinstance(value, Real) and not isinstance(value, bool)
        number = float(value) if is_number else math.nan  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number) or not number:
        raise ArgumentError(f"coefficient: a finite number other than 0 is needed; found {found(value)}")
    return number


def _listed(terms: object) -> tuple[Term, ...]:
    if not isinstance(terms, tuple | list) or not terms:
        raise ArgumentError(
            f"terms: one or more terms are needed, such as (eq.Term(program),); found {found(terms)}"
        )
    for number, term in enumerate(terms):
        if not isinstance(term, Term):
            raise ArgumentError(
                f"terms[{number}]: a term is needed, such as eq.Term(program); found {found(term)}"
            )
    return tuple(terms)


def _sites(value: object) -> tuple[Site, ...]:
    """Sites, or combinations of them, as a term has them: one site alone is its number."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise ArgumentError(f"sites: a list of whole numbers is needed, such as [0, 1]; found {found(value)}")
    return tuple(map(_site, value))


def _site(value: object) -> Site:
    if not isinstance(value, Mapping | tuple | list):
        return whole_number("sites", value, least=0)
    pairs = list(value.items()) if isinstance(value, Mapping) else list(value)
    if not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
        raise ArgumentError(
            f"sites: a combination is written {{1: 1, 0: -1}} or [(1, 1), (0, -1)]; found {printed(value)}"
        )
    named = [whole_number("sites", site, least=0) for site, _ in pairs]
    if len(set(named)) < len(named):
        raise ArgumentError(f"sites: a site is named twice in the combination {printed(value)}; add it up")
    vector = combination(dict(zip(named, (_fraction(number) for _, number in pairs), strict=True)))
    if not vector:
        raise ArgumentError(f"sites: the combination {printed(value)} is zero for all positions")
    if too_large(vector) is not None:
        raise ArgumentError(
            f"sites: numerators and denominators up to {MAX_COEFFICIENT} are taken; found {printed(value)}"
        )
    return vector[0][0] if vector == single(vector[0][0]) else vector


def _fraction(value: object) -> Fraction:
    """An exact coefficient; a float is refused, because it may have been rounded."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, str) and _FRACTION.fullmatch(value):
        return Fraction(value)
    if isinstance(value, str | float):
        raise ArgumentError(
            f'sites: a coefficient is a whole number, a fraction, or text such as "1/2"; found {found(value)}'
        )
    return Fraction(whole_number("sites", value))


def _site_text(site: Site) -> str:
    if isinstance(site, int):
        return str(site)
    last = max(number for number, _ in site)
    return combination_text(site, [f"x{number}" for number in range(last + 1)])


def _plain(sites: tuple[Site, ...]) -> list[int] | None:
    """The sites, if none of them is a combination."""
    numbers = [site for site in sites if isinstance(site, int)]
    return numbers if len(numbers) == len(sites) else None


def _layout(
    num_sites: int, terms: Iterable[tuple[str, float, tuple[Site, ...] | None, str]], spec: SumSpec | None
) -> dict[str, Any]:
    listed = [
        {"spec_sha256": digest, "coefficient": c, "sites": _plain_sites(sites), "weights": weights}
        for digest, c, sites, weights in terms
    ]
    found: dict[str, Any] = {"num_sites": num_sites, "terms": listed}
    return found if spec is None else found | {"name": spec.name, "symmetry": spec.symmetry.plain()}


def _plain_sites(sites: tuple[Site, ...] | None) -> list[Any] | None:
    if sites is None:
        return None
    return [s if isinstance(s, int) else [[site, str(value)] for site, value in s] for s in sites]


def _hash(layout: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(layout, sort_keys=True).encode()).hexdigest()


def _needed_sites(term: Term) -> int:
    if term.sites is None:
        return term.program.spec.num_sites
    return max((-1, *(site for row in term.rows for site, _ in row))) + 1


def _is_everywhere(term: Term, count: int) -> bool:
    return term.sites is not None and len(term.sites) == count and list(term.sites) == list(range(count))


def _require_sites(where: str, term: Term, count: int) -> None:
    own = term.program.spec.num_sites
    if term.sites is None and own != count:
        raise ArgumentError(f"{where}: it has {own} sites, the sum has {count}; name the sites that it is on")
    if (site := _needed_sites(term) - 1) >= count:
        raise ArgumentError(f"{where}: site {site} does not exist; the sum has {count}, numbered from 0")


def _require_factors(model: ProgramSum) -> None:
    """Refuse factors that are not pairs of a name of weights, each once, and a number."""
    pairs = model.factors
    fit = isinstance(pairs, tuple) and all(
        isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], float) for pair in pairs
    )
    if not fit or len(dict(pairs)) < len(pairs) or not set(dict(pairs)) <= set(model.parameter_sets):
        raise ArgumentError(f"factors: pairs of weights and a number are needed; found {printed(pairs)}")


def _require_declared(model: ProgramSum, spec: object) -> None:
    """Refuse terms other than those of the spec: its symmetry would be claimed of another sum."""
    if not isinstance(spec, SumSpec):
        raise ArgumentError(
            f"spec: the spec of a sum is needed, such as eq.load returns; found {found(spec)}"
        )
    if ProgramSum.sha256_of(spec, dict(model.factors)) != model.sha256:
        raise ArgumentError(f"spec: the terms are not those that {spec.name} declares; compile the spec")


def _require_shared(terms: tuple[Term, ...]) -> None:
    """Terms with one name of weights have the same parameters."""
    first: dict[str, Program] = {}
    for term in terms:
        one, other = first.setdefault(term.weights, term.program), term.program
        if (one.parameter_names, one.parameter_kinds) != (other.parameter_names, other.parameter_kinds):
            raise ArgumentError(
                f'terms: {one.spec.name} and {other.spec.name} share the weights "{term.weights}", but their '
                f"parameters differ ({one.num_parameters} and {other.num_parameters}); give them different names"
            )


def _in_jax(model: ProgramSum) -> Callable[[Any, Any], Any]:
    functions = [program.to_jax() for program in model.programs]  # switches 64-bit mode on, so it comes first
    import jax
    import jax.numpy as jnp

    together: dict[tuple[int, str], list[Term]] = {}
    for number, term in zip(model.program_numbers, model.terms, strict=True):
        together.setdefault((number, term.weights), []).append(term)

    @jax.jit
    def values(params: Any, x: Any) -> Any:
        found = jnp.zeros(x.shape[0])
        for (number, _), terms in together.items():
            parts = jnp.concatenate([model.sites_of(term, x) for term in terms])
            of_terms = functions[number](model.parameters_of(terms[0], params), parts)
            coefficients = jnp.array([term.coefficient for term in terms])
            found = found + coefficients @ of_terms.reshape(len(terms), x.shape[0])
        return found

    def function(params: Any, x: Any = None) -> Any:
        if x is None and model.num_sites:
            raise DimensionError(f"the model takes positions of shape (batch, {model.num_sites}, 3)")
        positions = jnp.zeros((1, 0, 3)) if x is None else jnp.asarray(x, jnp.float64)
        if positions.ndim != 3 or positions.shape[1:] != (model.num_sites, 3):
            raise DimensionError(
                f"expected positions of shape (batch, {model.num_sites}, 3); found {positions.shape}"
            )
        weights = jnp.asarray(params, jnp.float64)
        if weights.shape != (model.num_parameters,):
            raise DimensionError(
                f"expected parameters of shape ({model.num_parameters},); found {weights.shape}"
            )
        return values(weights, positions)

    return function


def _array(values: Any) -> Any:
    """The values as an array of numpy, unless they are an array already."""
    import numpy as np  # here: exact work does not wait for it

    return values if hasattr(values, "shape") else np.asarray(values)


def _no_positions() -> Any:
    import numpy as np

    return np.zeros((0, 3))


def _floats(what: str, values: Any) -> Any:
    import numpy as np

    try:
        return np.asarray(values, float)
    except (TypeError, ValueError):
        raise DimensionError(f"{what} are an array of numbers; found {found(values)}") from None


def _shifted(advance: Callable[[int], None], before: int) -> Callable[[int], None]:
    return lambda done: advance(before + done)
