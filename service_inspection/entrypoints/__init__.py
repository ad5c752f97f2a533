"""Where the outside comes in: routes, consumers, jobs."""
