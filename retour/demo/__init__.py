"""The demo: the stories, and how they are played through the public API."""
