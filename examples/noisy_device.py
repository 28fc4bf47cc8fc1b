"""Put a certified model on a noisy device: transpile, certify again, and see which symmetry the noise breaks.

The fake device comes with ``pip install -e ".[hardware]"``.
"""

import numpy as np

import eqcompile as eq

SPEC = """
name: pair
qubits: 2
data:
  sites: [A, B]
  encode: {A: [0], B: [1]}
symmetry: [{rotation: SU(2)}, {permutation: ["(A B)"]}]
state: singlets [[0, 1]]
observable: H(0,1)
ansatz: {depth: 2, layer: [H(0,1)]}
"""

program = eq.compile(eq.loads(SPEC))
try:
    device = eq.find_backend("fake_manila")
except eq.EqcompileError as error:
    raise SystemExit(str(error)) from None
circuit = program.to_qiskit(backend=device)
print(f"{device.name}: {dict(circuit.count_ops())}, {circuit.certificate.verdict}")

source = np.random.default_rng(0)
params, x = source.normal(size=program.num_parameters), source.normal(size=(4, 2, 3))
table = program.values_for(circuit, x, params)
exact = np.asarray(program.to_jax()(params, x))
for noise in (False, True):
    values, errors = eq.Expectation(circuit, device, shots=10_000, seed=1, noise=noise)(table)
    z = (values - exact) / errors
    print("with noise:   " if noise else "without noise:", *(f"{one:+.1f}" for one in z), "error bars off")

for violation in program.noise_report(x, params, device):
    print(
        f"{violation.generator}: f(V x) - f(x) is {violation.change:.1e} here, {violation.exact:.1e} without noise"
    )
