"""Use cases: each loads aggregates, decides, and saves. One package for each capability."""
