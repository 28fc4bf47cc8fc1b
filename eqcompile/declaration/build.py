"""From a YAML tree to a :class:`Spec`: its shape is checked, then its parts are built."""

import os
from types import MappingProxyType

from eqcompile.declaration.entries.table import build_symmetry, declared_parity
from eqcompile.declaration.members.graph_file import graph_file_hash
from eqcompile.declaration.parts.ansatz import build_ansatz, build_observable
from eqcompile.declaration.parts.data import build_data
from eqcompile.declaration.parts.derive import build_derived
from eqcompile.declaration.parts.state import build_state
from eqcompile.declaration.schema import SpecSchema
from eqcompile.declaration.spec import Source, Spec
from eqcompile.declaration.validate import validate
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.tree import YamlDocument


def build_spec(document: YamlDocument) -> Spec:
    """The spec that a document declares.

    Raises:
        SpecError: the first mistake, with its place.
    """
    schema = validate(document)
    parity = declared_parity(schema.symmetry)
    register = Scope(schema.qubits, document, parity=parity)
    data = None if schema.data is None else build_data(schema.data, register)
    scope = Scope(schema.qubits, document, data, parity)
    return Spec(
        name=schema.name,
        qubits=schema.qubits,
        data=data,
        symmetry=build_symmetry(schema.symmetry, scope),
        state=None if schema.state is None else build_state(schema.state, scope),
        observable=None if schema.observable is None else build_observable(schema.observable, scope),
        ansatz=None if schema.ansatz is None else build_ansatz(schema.ansatz, scope),
        source=Source(
            document.path, document.text, MappingProxyType(document.positions()), _files(schema, document)
        ),
        derived=build_derived(schema, scope),
    )


def _files(schema: SpecSchema, document: YamlDocument) -> tuple[tuple[str, str], ...]:
    """The files of graphs, which have been read by now, with the hashes of what they hold."""
    names = [entry.graph.file for entry in schema.symmetry if entry.graph is not None]
    folder = os.path.dirname(document.path)
    return tuple((name, graph_file_hash(name, folder)) for name in names if name is not None)
