"""How the ports are met: tables, passwords, tokens, limits, and the way to the services."""
