"""eqcompile: compile a declared symmetry into a quantum model that provably has it.

>>> import eqcompile as eq
>>> eq.PauliSum.parse("H(0,1)", 2)
X0 X1 + Y0 Y1 + Z0 Z1
"""

from typing import TYPE_CHECKING, Any

from eqcompile.renamed import explain_former_names

if TYPE_CHECKING:
    from eqcompile.budgets import Allowance as Allowance
    from eqcompile.budgets import allowing as allowing
    from eqcompile.budgets import budget as budget
    from eqcompile.budgets import parsed
    from eqcompile.budgets import stage as stage
    from eqcompile.claims.certificate import Certificate as Certificate
    from eqcompile.compile_spec import compile_spec
    from eqcompile.compile_spec import derive as derive
    from eqcompile.declaration.loader import load as load
    from eqcompile.declaration.loader import loads as loads
    from eqcompile.declaration.spec import Spec as Spec
    from eqcompile.declaration.write import to_yaml as to_yaml
    from eqcompile.derivation.channels.basis import ChannelBasis as ChannelBasis
    from eqcompile.derivation.channels.basis import derive_channels as derive_channels
    from eqcompile.derivation.channels.channel import Channel as Channel
    from eqcompile.derivation.generators.basis import GeneratorBasis as GeneratorBasis
    from eqcompile.derivation.invariant_states.states import derive_states as derive_states
    from eqcompile.derivation.observables import invariant_observables as invariant_observables
    from eqcompile.derivation.resolve import resolve as resolve
    from eqcompile.derivation.uploads.encodings import derive_encodings as derive_encodings
    from eqcompile.derivation.witness.commutant_blocks import commutant_blocks as commutant_blocks
    from eqcompile.devices.devices import Device as Device
    from eqcompile.devices.devices import find_backend as find_backend
    from eqcompile.devices.expectation import Expectation as Expectation
    from eqcompile.devices.noise_report import Violation as Violation
    from eqcompile.errors import BudgetError as BudgetError
    from eqcompile.errors import EqcompileError as EqcompileError
    from eqcompile.errors import SpecError as SpecError
    from eqcompile.errors import one_line as one_line
    from eqcompile.errors import shortened as shortened
    from eqcompile.exact.operators.notation import shorthand as shorthand
    from eqcompile.exact.operators.pauli import PauliSum as PauliSum
    from eqcompile.exact.states.state import ExactState as ExactState
    from eqcompile.face.artifacts import save_program
    from eqcompile.face.from_operators import charge as charge
    from eqcompile.face.from_operators import pauli_symmetry as pauli_symmetry
    from eqcompile.face.from_operators import unitaries as unitaries
    from eqcompile.face.from_python import model as model
    from eqcompile.face.picture.draw import draw as draw
    from eqcompile.face.qnn import qnn as qnn
    from eqcompile.face.qnn import qnn_gradients as qnn_gradients
    from eqcompile.face.qnn import qnn_inputs as qnn_inputs
    from eqcompile.files import remove_file as remove_file
    from eqcompile.files import write_atomically as write_atomically
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
    from eqcompile.program import Program as Program
    from eqcompile.supervisor import supervised as supervised
    from eqcompile.symmetry.make import SU2 as SU2
    from eqcompile.symmetry.make import U1 as U1
    from eqcompile.symmetry.make import inversion as inversion
    from eqcompile.symmetry.make import mirror as mirror
    from eqcompile.symmetry.make import permutation_group as permutation_group
    from eqcompile.symmetry.make import permutations as permutations
    from eqcompile.symmetry.make import point_symmetry as point_symmetry
    from eqcompile.symmetry.projective import projective_phases as projective_phases
    from eqcompile.symmetry.symmetry import Symmetry as Symmetry
    from eqcompile.verification import equivariance_defect as equivariance_defect
    from eqcompile.verification import verify as verify

    compile, save, parse_budget = compile_spec, save_program, parsed

_PUBLIC = {
    "CharacterTable": ("eqcompile.groups.character_table", "CharacterTable"),
    "PermutationGroup": ("eqcompile.groups.permutation", "PermutationGroup"),
    "PointGroup": ("eqcompile.groups.point", "PointGroup"),
    "character_table": ("eqcompile.groups.character_table", "character_table"),
    "commutant_blocks": ("eqcompile.derivation.witness.commutant_blocks", "commutant_blocks"),
    "point_group": ("eqcompile.groups.point", "point_group"),
    "SU2": ("eqcompile.symmetry.make", "SU2"),
    "U1": ("eqcompile.symmetry.make", "U1"),
    "charge": ("eqcompile.face.from_operators", "charge"),
    "inversion": ("eqcompile.symmetry.make", "inversion"),
    "mirror": ("eqcompile.symmetry.make", "mirror"),
    "pauli_symmetry": ("eqcompile.face.from_operators", "pauli_symmetry"),
    "permutation_group": ("eqcompile.symmetry.make", "permutation_group"),
    "permutations": ("eqcompile.symmetry.make", "permutations"),
    "point_symmetry": ("eqcompile.symmetry.make", "point_symmetry"),
    "unitaries": ("eqcompile.face.from_operators", "unitaries"),
    "symmetric": ("eqcompile.groups.named", "symmetric"),
    "alternating": ("eqcompile.groups.named", "alternating"),
    "cyclic": ("eqcompile.groups.named", "cyclic"),
    "dihedral": ("eqcompile.groups.named", "dihedral"),
    "wreath": ("eqcompile.groups.named", "wreath"),
    "direct_product": ("eqcompile.groups.named", "direct_product"),
    "graph_automorphisms": ("eqcompile.groups.graph", "graph_automorphisms"),
    "lattice": ("eqcompile.groups.lattice", "lattice"),
    "projective_phases": ("eqcompile.symmetry.projective", "projective_phases"),
    "Symmetry": ("eqcompile.symmetry.symmetry", "Symmetry"),
    "Certificate": ("eqcompile.claims.certificate", "Certificate"),
    "Channel": ("eqcompile.derivation.channels.channel", "Channel"),
    "ChannelBasis": ("eqcompile.derivation.channels.basis", "ChannelBasis"),
    "Device": ("eqcompile.devices.devices", "Device"),
    "Expectation": ("eqcompile.devices.expectation", "Expectation"),
    "Violation": ("eqcompile.devices.noise_report", "Violation"),
    "find_backend": ("eqcompile.devices.devices", "find_backend"),
    "BudgetError": ("eqcompile.errors", "BudgetError"),
    "EqcompileError": ("eqcompile.errors", "EqcompileError"),
    "ExactState": ("eqcompile.exact.states.state", "ExactState"),
    "GeneratorBasis": ("eqcompile.derivation.generators.basis", "GeneratorBasis"),
    "PauliSum": ("eqcompile.exact.operators.pauli", "PauliSum"),
    "Program": ("eqcompile.program", "Program"),
    "Spec": ("eqcompile.declaration.spec", "Spec"),
    "SpecError": ("eqcompile.errors", "SpecError"),
    "one_line": ("eqcompile.errors", "one_line"),
    "shortened": ("eqcompile.errors", "shortened"),
    "Allowance": ("eqcompile.budgets", "Allowance"),
    "allowing": ("eqcompile.budgets", "allowing"),
    "budget": ("eqcompile.budgets", "budget"),
    "parse_budget": ("eqcompile.budgets", "parsed"),
    "stage": ("eqcompile.budgets", "stage"),
    "supervised": ("eqcompile.supervisor", "supervised"),
    "compile": ("eqcompile.compile_spec", "compile_spec"),
    "derive": ("eqcompile.compile_spec", "derive"),
    "equivariance_defect": ("eqcompile.verification", "equivariance_defect"),
    "derive_channels": ("eqcompile.derivation.channels.basis", "derive_channels"),
    "derive_encodings": ("eqcompile.derivation.uploads.encodings", "derive_encodings"),
    "derive_states": ("eqcompile.derivation.invariant_states.states", "derive_states"),
    "invariant_observables": ("eqcompile.derivation.observables", "invariant_observables"),
    "resolve": ("eqcompile.derivation.resolve", "resolve"),
    "draw": ("eqcompile.face.picture.draw", "draw"),
    "shorthand": ("eqcompile.exact.operators.notation", "shorthand"),
    "qnn": ("eqcompile.face.qnn", "qnn"),
    "qnn_gradients": ("eqcompile.face.qnn", "qnn_gradients"),
    "qnn_inputs": ("eqcompile.face.qnn", "qnn_inputs"),
    "model": ("eqcompile.face.from_python", "model"),
    "to_yaml": ("eqcompile.declaration.write", "to_yaml"),
    "load": ("eqcompile.declaration.loader", "load"),
    "loads": ("eqcompile.declaration.loader", "loads"),
    "save": ("eqcompile.face.artifacts", "save_program"),
    "remove_file": ("eqcompile.files", "remove_file"),
    "write_atomically": ("eqcompile.files", "write_atomically"),
    "verify": ("eqcompile.verification", "verify"),
}

__all__ = list(_PUBLIC)

explain_former_names("eqcompile")


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
