"""What several services need and that has no business word in it; contracts are the one exception."""
