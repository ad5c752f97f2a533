"""Care for customers: their words are read, replies are checked, special cases are recognised."""
