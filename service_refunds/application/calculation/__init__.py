"""The imported order in the words of the calculation."""
