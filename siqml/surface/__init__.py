"""The energy surface of a trained model around one structure: minima and vibrations."""
