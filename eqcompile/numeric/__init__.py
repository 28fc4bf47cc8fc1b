"""Floating-point second opinions: dense matrices, measured claims, the size of a defect."""
