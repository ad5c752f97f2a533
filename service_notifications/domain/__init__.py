"""Rules about messages and customer care, in plain Python without I/O and clock."""
