"""Fakes and waiting helpers that every service's tests use."""
