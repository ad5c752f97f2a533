"""Use cases that record orders and returns from events."""
