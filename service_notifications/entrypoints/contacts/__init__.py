"""Routes of contacts."""
