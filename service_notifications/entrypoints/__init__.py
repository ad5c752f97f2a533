"""What calls this service: routes, consumers, and the job that delivers."""
