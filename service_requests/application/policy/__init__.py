"""Use cases of policies: a version is published."""
