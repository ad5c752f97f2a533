"""How the ports are met: tables, templates, mail, publishing, the unit of work."""
