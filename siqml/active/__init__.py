"""Active learning: the structures that an ensemble knows least about are labelled next."""
