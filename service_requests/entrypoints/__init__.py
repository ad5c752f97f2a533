"""The entry points: routes, consumers, jobs."""
