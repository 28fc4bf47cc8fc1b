"""Random specs against an oracle that reads their text itself and knows nothing of the compiler."""
