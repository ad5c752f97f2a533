"""The return with its units, its story and its next step."""
