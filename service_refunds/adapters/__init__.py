"""Implementations of the ports: tables, publishing, the unit of work, the payment provider."""
