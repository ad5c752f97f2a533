"""The return with its units, its timeline and its next step."""
