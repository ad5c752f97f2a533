"""Rules about returned goods in a warehouse, in plain Python."""
