"""Use cases of people in finance."""
