"""Routes of inspections and discrepancies."""
