"""YAML with the place of every value, and the words that report a mistake."""
