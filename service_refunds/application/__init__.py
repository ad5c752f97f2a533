"""Use cases: load, decide, save; one module a capability."""
