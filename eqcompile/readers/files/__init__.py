"""Circuit files: OpenQASM 2, OpenQASM 3 and QPY, checked before they are parsed."""
