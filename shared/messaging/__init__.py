"""How events travel: outbox, relay, bus, inbox; at least once on the way, exactly once in effect."""
