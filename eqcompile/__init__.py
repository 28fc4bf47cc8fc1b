"""eqcompile: compile a declared symmetry into a quantum model that provably has it.

>>> import eqcompile as eq
>>> eq.PauliSum.parse("H(0,1)", 2)
X0 X1 + Y0 Y1 + Z0 Z1
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eqcompile.artifacts import save_program
    from eqcompile.backends.devices import Device as Device
    from eqcompile.backends.devices import find_backend as find_backend
    from eqcompile.backends.expectation import Expectation as Expectation
    from eqcompile.backends.noise_report import Violation as Violation
    from eqcompile.budgets import Allowance as Allowance
    from eqcompile.budgets import allowing as allowing
    from eqcompile.budgets import budget as budget
    from eqcompile.budgets import parsed
    from eqcompile.budgets import stage as stage
    from eqcompile.certify.certificate import Certificate as Certificate
    from eqcompile.derivation.basis import GeneratorBasis as GeneratorBasis
    from eqcompile.derivation.blocks import commutant_blocks as commutant_blocks
    from eqcompile.derivation.channel import Channel as Channel
    from eqcompile.derivation.choi import ChannelBasis as ChannelBasis
    from eqcompile.derivation.choi import derive_channels as derive_channels
    from eqcompile.derivation.encodings import derive_encodings as derive_encodings
    from eqcompile.derivation.observables import invariant_observables as invariant_observables
    from eqcompile.derivation.resolve import resolve as resolve
    from eqcompile.derivation.states import derive_states as derive_states
    from eqcompile.errors import BudgetError as BudgetError
    from eqcompile.errors import EqcompileError as EqcompileError
    from eqcompile.errors import SpecError as SpecError
    from eqcompile.errors import one_line as one_line
    from eqcompile.errors import shortened as shortened
    from eqcompile.exact.notation import shorthand as shorthand
    from eqcompile.exact.pauli import PauliSum as PauliSum
    from eqcompile.exact.state import ExactState as ExactState
    from eqcompile.files import remove_file as remove_file
    from eqcompile.files import write_atomically as write_atomically
    from eqcompile.flow import compile_spec
    from eqcompile.flow import derive as derive
    from eqcompile.flow import equivariance_defect as equivariance_defect
    from eqcompile.flow import verify as verify
    from eqcompile.groups.character_table import CharacterTable as CharacterTable
    from eqcompile.groups.character_table import character_table as character_table
    from eqcompile.groups.graph import graph_automorphisms as graph_automorphisms
    from eqcompile.groups.lattice import lattice as lattice
    from eqcompile.groups.named import alternating as alternating
    from eqcompile.groups.named import cyclic as cyclic
    from eqcompile.groups.named import dihedral as dihedral
    from eqcompile.groups.named import direct_product as direct_product
    from eqcompile.groups.named import symmetric as symmetric
    from eqcompile.groups.named import wreath as wreath
    from eqcompile.groups.permutation import PermutationGroup as PermutationGroup
    from eqcompile.groups.point import PointGroup as PointGroup
    from eqcompile.groups.point import point_group as point_group
    from eqcompile.learning import qnn as qnn
    from eqcompile.learning import qnn_gradients as qnn_gradients
    from eqcompile.learning import qnn_inputs as qnn_inputs
    from eqcompile.picture.draw import draw as draw
    from eqcompile.program import Program as Program
    from eqcompile.python_model import model as model
    from eqcompile.python_symmetry import charge as charge
    from eqcompile.python_symmetry import pauli_symmetry as pauli_symmetry
    from eqcompile.python_symmetry import unitaries as unitaries
    from eqcompile.reps.make import SU2 as SU2
    from eqcompile.reps.make import U1 as U1
    from eqcompile.reps.make import inversion as inversion
    from eqcompile.reps.make import mirror as mirror
    from eqcompile.reps.make import permutation_group as permutation_group
    from eqcompile.reps.make import permutations as permutations
    from eqcompile.reps.make import point_symmetry as point_symmetry
    from eqcompile.reps.projective import projective_phases as projective_phases
    from eqcompile.reps.symmetry import Symmetry as Symmetry
    from eqcompile.spec.loader import load as load
    from eqcompile.spec.loader import loads as loads
    from eqcompile.spec.model import Spec as Spec
    from eqcompile.spec.write import to_yaml as to_yaml
    from eqcompile.supervisor import supervised as supervised

    compile, save, parse_budget = compile_spec, save_program, parsed

_PUBLIC = {
    "CharacterTable": ("eqcompile.groups.character_table", "CharacterTable"),
    "PermutationGroup": ("eqcompile.groups.permutation", "PermutationGroup"),
    "PointGroup": ("eqcompile.groups.point", "PointGroup"),
    "character_table": ("eqcompile.groups.character_table", "character_table"),
    "commutant_blocks": ("eqcompile.derivation.blocks", "commutant_blocks"),
    "point_group": ("eqcompile.groups.point", "point_group"),
    "SU2": ("eqcompile.reps.make", "SU2"),
    "U1": ("eqcompile.reps.make", "U1"),
    "charge": ("eqcompile.python_symmetry", "charge"),
    "inversion": ("eqcompile.reps.make", "inversion"),
    "mirror": ("eqcompile.reps.make", "mirror"),
    "pauli_symmetry": ("eqcompile.python_symmetry", "pauli_symmetry"),
    "permutation_group": ("eqcompile.reps.make", "permutation_group"),
    "permutations": ("eqcompile.reps.make", "permutations"),
    "point_symmetry": ("eqcompile.reps.make", "point_symmetry"),
    "unitaries": ("eqcompile.python_symmetry", "unitaries"),
    "symmetric": ("eqcompile.groups.named", "symmetric"),
    "alternating": ("eqcompile.groups.named", "alternating"),
    "cyclic": ("eqcompile.groups.named", "cyclic"),
    "dihedral": ("eqcompile.groups.named", "dihedral"),
    "wreath": ("eqcompile.groups.named", "wreath"),
    "direct_product": ("eqcompile.groups.named", "direct_product"),
    "graph_automorphisms": ("eqcompile.groups.graph", "graph_automorphisms"),
    "lattice": ("eqcompile.groups.lattice", "lattice"),
    "projective_phases": ("eqcompile.reps.projective", "projective_phases"),
    "Symmetry": ("eqcompile.reps.symmetry", "Symmetry"),
    "Certificate": ("eqcompile.certify.certificate", "Certificate"),
    "Channel": ("eqcompile.derivation.channel", "Channel"),
    "ChannelBasis": ("eqcompile.derivation.choi", "ChannelBasis"),
    "Device": ("eqcompile.backends.devices", "Device"),
    "Expectation": ("eqcompile.backends.expectation", "Expectation"),
    "Violation": ("eqcompile.backends.noise_report", "Violation"),
    "find_backend": ("eqcompile.backends.devices", "find_backend"),
    "BudgetError": ("eqcompile.errors", "BudgetError"),
    "EqcompileError": ("eqcompile.errors", "EqcompileError"),
    "ExactState": ("eqcompile.exact.state", "ExactState"),
    "GeneratorBasis": ("eqcompile.derivation.basis", "GeneratorBasis"),
    "PauliSum": ("eqcompile.exact.pauli", "PauliSum"),
    "Program": ("eqcompile.program", "Program"),
    "Spec": ("eqcompile.spec.model", "Spec"),
    "SpecError": ("eqcompile.errors", "SpecError"),
    "one_line": ("eqcompile.errors", "one_line"),
    "shortened": ("eqcompile.errors", "shortened"),
    "Allowance": ("eqcompile.budgets", "Allowance"),
    "allowing": ("eqcompile.budgets", "allowing"),
    "budget": ("eqcompile.budgets", "budget"),
    "parse_budget": ("eqcompile.budgets", "parsed"),
    "stage": ("eqcompile.budgets", "stage"),
    "supervised": ("eqcompile.supervisor", "supervised"),
    "compile": ("eqcompile.flow", "compile_spec"),
    "derive": ("eqcompile.flow", "derive"),
    "equivariance_defect": ("eqcompile.flow", "equivariance_defect"),
    "derive_channels": ("eqcompile.derivation.choi", "derive_channels"),
    "derive_encodings": ("eqcompile.derivation.encodings", "derive_encodings"),
    "derive_states": ("eqcompile.derivation.states", "derive_states"),
    "invariant_observables": ("eqcompile.derivation.observables", "invariant_observables"),
    "resolve": ("eqcompile.derivation.resolve", "resolve"),
    "draw": ("eqcompile.picture.draw", "draw"),
    "shorthand": ("eqcompile.exact.notation", "shorthand"),
    "qnn": ("eqcompile.learning", "qnn"),
    "qnn_gradients": ("eqcompile.learning", "qnn_gradients"),
    "qnn_inputs": ("eqcompile.learning", "qnn_inputs"),
    "model": ("eqcompile.python_model", "model"),
    "to_yaml": ("eqcompile.spec.write", "to_yaml"),
    "load": ("eqcompile.spec.loader", "load"),
    "loads": ("eqcompile.spec.loader", "loads"),
    "save": ("eqcompile.artifacts", "save_program"),
    "remove_file": ("eqcompile.files", "remove_file"),
    "write_atomically": ("eqcompile.files", "write_atomically"),
    "verify": ("eqcompile.flow", "verify"),
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    """Load public names when they are first used, so that importing the package costs nothing."""
    if name == "__version__":
        from importlib.metadata import version

        return version("eqcompile")
    if name not in _PUBLIC:
        raise AttributeError(f"module 'eqcompile' has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _PUBLIC[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(_PUBLIC)
