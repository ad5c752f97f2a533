"""Rows, wording and mail of messages."""
