"""What a training minimises: a table of terms, their sum over a batch, and the map from values to energies."""
