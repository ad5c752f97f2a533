"""What people in finance look at and decide."""
