"""YAML with the place of every value, and the words in which a mistake is reported."""
