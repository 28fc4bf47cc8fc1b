"""Labels: made from first principles, read from files, shipped with their provenance."""
