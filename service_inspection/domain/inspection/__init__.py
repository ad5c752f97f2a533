"""The inspection of one return: expected units, arrived units, results, decisions."""
