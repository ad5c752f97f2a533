"""How the ports are met: tables, publishing, the unit of work."""
