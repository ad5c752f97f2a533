"""How scans lie in their table."""
