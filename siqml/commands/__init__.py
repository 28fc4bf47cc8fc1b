"""The command `siqml`, one file for each subcommand."""
