"""The demo: stories, and how they are played through the public API."""
