"""What a trained model says of a molecule: one command in each file."""
