r"""Sums of programs: a model of several circuits, each on some of the sites.

.. math:: f(\theta, x) = \sum_t c_t\, f_t(\theta_{w(t)}, x_{S(t)})

Every term is a program with a certificate of its own. Terms may share their parameters, as equal fragments of a
molecule do. A sum of one term with coefficient 1 on all sites is that program: same function, names and numbers.
"""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from eqcompile.arguments import found, require_text, whole_number, whole_numbers
from eqcompile.circuits.ansatz import ParameterKind
from eqcompile.claims.certificate import Certificate
from eqcompile.errors import ArgumentError, DimensionError
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


@dataclass(frozen=True)
class Term:
    r"""One summand :math:`c\, f(\theta, x_S)`.

    Args:
        program: f, with its certificate.
        coefficient: c, finite and not 0.
        sites: S, the sites of the sum that are the program's sites, in the program's order; all of them by default.
        weights: name of the parameters; terms with the same name share them.

    Raises:
        ArgumentError: something else; another number of sites than the program has; or a site that is named twice.
    """

    program: Program
    coefficient: float = 1.0
    sites: tuple[int, ...] | None = None
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
        sites = tuple(whole_number("sites", site, least=0) for site in whole_numbers("sites", self.sites))
        needed = self.program.spec.num_sites
        if len(sites) != needed:
            raise ArgumentError(
                f"sites: {self.program.spec.name} needs {needed} of them; found {len(sites)}: {list(sites)}"
            )
        if twice := [site for site, count in Counter(sites).items() if count > 1]:
            raise ArgumentError(f"sites: site {twice[0]} is named twice in {list(sites)}; name each once")
        object.__setattr__(self, "sites", sites)

    def __deepcopy__(self, memo: object) -> "Term":
        """Itself: it never changes."""
        return self

    @property
    def name(self) -> str:
        """Name of the program, with the sites that it is on, such as ``water[1,2]``."""
        on = "" if self.sites is None else f"[{','.join(map(str, self.sites))}]"
        return f"{self.program.spec.name}{on}"


@dataclass(frozen=True)
class ProgramSum:
    r"""A weighted sum of programs, :math:`\sum_t c_t\, f_t(\theta_{w(t)}, x_{S(t)})`.

    Args:
        terms: one or more.
        num_sites: number of sites of the input; by default as many as the terms need.

    Raises:
        ArgumentError: not a term, or none; a site that is out of range; a term on all sites whose program has another
            number of them; or terms that share parameters of different names or kinds.

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

    @property
    def alone(self) -> Program | None:
        """The program that this sum is: its only term, with coefficient 1 and on all sites; else ``None``."""
        first = self.terms[0]
        is_alone = len(self.terms) == 1 and first.coefficient == 1 and first.sites is None
        return first.program if is_alone else None

    @property
    def name(self) -> str:
        """Names of the programs, with how often each is in the sum: ``2 water + lih``."""
        counts = Counter(term.program.spec.name for term in self.terms)
        return " + ".join(name if count == 1 else f"{count} {name}" for name, count in counts.items())

    @property
    def layout(self) -> dict[str, Any]:
        """The sum in plain data for JSON, with the hash of each spec in the place of its program."""
        return {
            "num_sites": self.num_sites,
            "terms": [
                {
                    "spec_sha256": term.program.spec.source.sha256,
                    "coefficient": term.coefficient,
                    "sites": None if term.sites is None else list(term.sites),
                    "weights": term.weights,
                }
                for term in self.terms
            ],
        }

    @cached_property
    def sha256(self) -> str:
        """What the sum is known by: the hash of its spec if it is :attr:`alone`, else that of its layout."""
        if self.alone is not None:
            return self.alone.spec.source.sha256
        return hashlib.sha256(json.dumps(self.layout, sort_keys=True).encode()).hexdigest()

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """The proofs, one certificate for each term."""
        return tuple(term.program.certificate for term in self.terms)

    @property
    def is_proven(self) -> bool:
        """Whether every term is proven to have the symmetry that its own spec declares.

        This says nothing about elements that exchange terms, such as the exchange of two equal fragments.
        """
        return all(self.certificates)

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
        params = params if hasattr(params, "shape") else np.asarray(params)
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
        if sites is not None and max(sites) >= self.num_sites:
            raise ArgumentError(f"term: it needs site {max(sites)}, and the sum has {self.num_sites} sites")
        x = x if hasattr(x, "shape") else np.asarray(x)
        if tuple(x.shape[-2:]) != (self.num_sites, 3):
            raise DimensionError(
                f"expected positions of shape (..., {self.num_sites}, 3); found {tuple(x.shape)}"
            )
        return x if sites is None else x[..., list(sites), :]

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
        positions = _floats("positions", np.zeros((0, 3)) if x is None else x)
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


def _needed_sites(term: Term) -> int:
    return term.program.spec.num_sites if term.sites is None else max((-1, *term.sites)) + 1


def _is_everywhere(term: Term, count: int) -> bool:
    return term.sites is not None and len(term.sites) == count and list(term.sites) == list(range(count))


def _require_sites(where: str, term: Term, count: int) -> None:
    own = term.program.spec.num_sites
    if term.sites is None and own != count:
        raise ArgumentError(f"{where}: it has {own} sites, the sum has {count}; name the sites that it is on")
    for site in term.sites or ():
        if site >= count:
            raise ArgumentError(f"{where}: site {site} does not exist; the sum has {count}, numbered from 0")


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


def _floats(what: str, values: Any) -> Any:
    try:
        return np.asarray(values, float)
    except (TypeError, ValueError):
        raise DimensionError(f"{what} are an array of numbers; found {found(values)}") from None


def _shifted(advance: Callable[[int], None], before: int) -> Callable[[int], None]:
    return lambda done: advance(before + done)
