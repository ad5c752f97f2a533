"""Rows, wording and mail transports of messages."""
