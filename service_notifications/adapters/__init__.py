"""Implementations of the ports: tables, templates, mail, publishing, the unit of work."""
