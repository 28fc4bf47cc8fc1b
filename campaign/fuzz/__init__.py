"""Whatever a reader is given, it answers or refuses in one line, in time, in bounded memory, and loses nothing."""
