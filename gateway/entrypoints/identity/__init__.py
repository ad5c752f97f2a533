"""Routes of accounts, keys and signing in."""
