"""The migrations of the gateway's tables: numbered, append-only."""
