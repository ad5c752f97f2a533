"""What every service offers to operators: parked events, loops, queues, sent events, and what is owed (N04, R04)."""
