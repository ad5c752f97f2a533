"""Use cases: load, decide, save; one module per capability."""
