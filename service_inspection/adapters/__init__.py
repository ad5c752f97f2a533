"""Implementations of the ports: tables, publishing, queries, the unit of work."""
