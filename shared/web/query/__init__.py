"""The query of a request: which parameters an operation takes, and the pages of a list."""
