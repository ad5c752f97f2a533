"""What every HTTP API does the same way: problems, idempotency, internal tokens, health, limits."""
