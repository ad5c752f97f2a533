"""Accounts, keys and sessions in tables; passwords, secrets and recognised callers."""
