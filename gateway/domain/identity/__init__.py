"""Accounts, keys and sessions: who may come in."""
