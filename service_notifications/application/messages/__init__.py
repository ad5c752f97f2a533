"""Use cases that queue and deliver messages, and the ports they need."""
