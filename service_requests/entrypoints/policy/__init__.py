"""Routes of policies: versions and their publication."""
