"""Who is permuted, and by what: members, cycles, groups by name, and graphs from files."""
