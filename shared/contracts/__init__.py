"""What services tell each other: the envelope, the events, and a sample of every version."""
