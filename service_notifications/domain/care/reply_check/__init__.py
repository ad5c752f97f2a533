"""A reply is checked by its text and the facts of its case before it is sent."""
