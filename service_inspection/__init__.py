"""Owns the parcel on the bench: what is expected, what arrived, what inspection found, what a person decided about it.

Consumes `return.*`; publishes `inspection.*`.
"""
