"""Requests admitted, limited, recorded and forwarded to the services."""
