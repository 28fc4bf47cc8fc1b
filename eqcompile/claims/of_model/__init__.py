"""Claims about a declared model: its state, its encodings, its generators, its observable, and the whole."""
