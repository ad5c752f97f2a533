"""What scanners post, kept as it was said."""
