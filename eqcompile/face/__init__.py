"""What a user meets beside the Python functions: commands, reports, explanations, pictures, saved folders."""
