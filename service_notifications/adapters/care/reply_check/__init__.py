"""Replies with their cases as documents."""
