"""Owns the inspection of returned goods: what is expected, what arrived, what was found, and what a person decided.

Consumes `return.*`; publishes `inspection.*`.
"""
