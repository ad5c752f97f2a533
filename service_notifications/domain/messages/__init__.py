"""Messages to customers: required facts, contents, and delivery."""
