"""The migrations of the tables: numbered; a migration never changes."""
