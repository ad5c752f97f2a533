"""The rows of returns."""
