"""The circuit as an object: equivariant gates that stay whole until lowering, and the re-uploading ansatz."""
