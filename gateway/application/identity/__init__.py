"""Accounts and keys changed; signing in and out."""
