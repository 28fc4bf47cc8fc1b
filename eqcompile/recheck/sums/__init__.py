"""Certificates of sums of circuits, decided again from the certificates of the programs and the text of the spec."""
