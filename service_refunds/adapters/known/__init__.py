"""Rows of known orders and returns."""
