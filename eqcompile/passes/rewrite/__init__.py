"""Passes that rewrite a lowered circuit, and the pipeline that runs them."""
