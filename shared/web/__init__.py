"""What every HTTP API has in common: problems, idempotency, internal tokens, health, limits."""
