"""What the shipped data sets consist of."""
