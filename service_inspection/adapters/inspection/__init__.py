"""How inspections and discrepancies lie in their tables."""
