"""The entry to Retour: recognises callers, forwards requests to services, and shows pages; no business rule.

Consumes nothing; publishes nothing.
"""
