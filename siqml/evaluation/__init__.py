"""What a trained model is worth: errors, floors, spreads, pictures."""
