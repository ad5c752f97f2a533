"""The operations that are the gateway's own."""
