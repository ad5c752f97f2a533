"""Posts of scanners, kept unchanged."""
