"""The recheck's own algebra over prime fields."""
