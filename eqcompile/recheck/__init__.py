"""Certificates decided again, by code that shares nothing with the code that wrote them.

Nothing is imported from the other rooms but the error class: the texts are read by a parser of its own, the algebra
runs over random prime fields, circuits and models are evaluated on vectors of field elements.
"""
