"""Owns the money going back: what is owed, what is reserved for it, what the provider says, the books.

Consumes `order.*`, `return.*`, `inspection.*`; publishes `refund.*`.
"""
