"""How the ports meet the database and the other services."""
