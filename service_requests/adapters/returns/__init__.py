"""How returns lie in their tables."""
