"""What a warehouse may do with the goods of a return, in plain Python."""
