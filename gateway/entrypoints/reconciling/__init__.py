"""The loops of the reconciler and the routes to its findings."""
