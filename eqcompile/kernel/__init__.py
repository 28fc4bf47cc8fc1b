"""A compiled program as a loop in machine code: values, gradients and the dual pass on the processor, without a tracer.

Driven by tables that are made from the certified circuit; it holds no code for a model. Needs Numba.
"""
