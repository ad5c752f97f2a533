"""Use cases that open, execute and look up refunds."""
