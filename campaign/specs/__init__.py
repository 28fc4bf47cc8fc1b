"""Random specs against an oracle that reads their text itself and knows nothing about the compiler."""
