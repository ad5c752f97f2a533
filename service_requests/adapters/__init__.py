"""The implementations of the ports: tables, queries, publishing, the unit of work."""
