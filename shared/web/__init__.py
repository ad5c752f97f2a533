"""What every HTTP door does the same way: problems, idempotency, internal tokens, health, limits."""
