"""Certificates decided again, by code that shares nothing with the code that wrote them.

Nothing but the error class is imported from the other rooms. The texts are read by the recheck's own parser, the
algebra runs over random prime fields, and circuits and models are evaluated on vectors of field elements.
"""
