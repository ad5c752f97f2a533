"""How events reach consumers: outbox, relay, bus and inbox. Delivery at least once, effect exactly once."""
