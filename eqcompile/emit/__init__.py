"""From a certified program to what runs it. Exact numbers become floating-point numbers here."""
