"""Owns refunds: their calculation, the reserved amounts, the answers of payment providers, the ledger.

Consumes `order.*`, `return.*`, `inspection.*`; publishes `refund.*`.
"""
