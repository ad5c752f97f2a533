"""Rows of inspections and discrepancies."""
