"""What a user meets besides the Python functions: commands, reports, explanations, pictures, saved folders."""
