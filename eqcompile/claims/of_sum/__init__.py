"""The claim about a sum of circuits: what its terms prove, and how elements of the group exchange them."""
