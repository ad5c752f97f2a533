"""What may be said, to whom and when: plain Python, no I/O, no clock."""
