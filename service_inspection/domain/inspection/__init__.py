"""The inspection of one return: what is expected, arrived, was found and decided."""
