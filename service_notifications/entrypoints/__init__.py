"""Where the outside comes in: requests, events, the job that delivers."""
