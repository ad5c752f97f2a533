"""Owns the money going back: what is owed, what is reserved for it, what the provider answers, the ledger.

Consumes `order.*`, `return.*`, `inspection.*`; publishes `refund.*`.
"""
