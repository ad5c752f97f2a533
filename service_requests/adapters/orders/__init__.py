"""How orders lie in their table."""
