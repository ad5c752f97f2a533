"""Pages for members of staff."""
