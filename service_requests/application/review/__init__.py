"""Use cases of review: a person approves or refuses."""
