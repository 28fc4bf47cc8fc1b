"""What each reader is given: sound inputs, and ways of damaging them."""
