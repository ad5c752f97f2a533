"""The feed of published events."""
