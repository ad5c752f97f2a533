"""The rows of orders."""
