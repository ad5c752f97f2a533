"""What the business may do: plain Python, no I/O, no clock."""
