"""The gateway's own operations, and the origins whose pages may call it."""
