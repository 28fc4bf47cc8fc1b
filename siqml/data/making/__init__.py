"""Making the shipped data sets anew, and checking them."""
