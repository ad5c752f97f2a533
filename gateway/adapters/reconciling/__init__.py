"""Calls to the services in the name of the reconciler, and its tables."""
