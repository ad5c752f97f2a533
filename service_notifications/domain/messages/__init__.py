"""Messages to customers: what they must say, what they say, and their delivery."""
