"""Pictures of models: one canvas, drawn as text, as PNG, or as LaTeX source."""
