"""Structures from files of any format, their units and their labels."""
