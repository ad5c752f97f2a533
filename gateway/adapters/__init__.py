"""Implementations of the ports: tables, passwords, tokens, limits, and the transports to the services."""
