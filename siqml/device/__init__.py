"""A trained model on a device."""
