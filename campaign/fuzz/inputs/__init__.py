"""What each reader is given: sound inputs, and the ways in which they are damaged."""
