"""What calls this service: routes, consumers, jobs."""
