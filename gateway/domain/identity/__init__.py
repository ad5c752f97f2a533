"""Accounts, keys and sessions."""
