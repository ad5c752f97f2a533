"""Owns what is said to people: their contacts, the messages about their returns, and each message's way to them.

Consumes `return.*`, `inspection.*`, `refund.*`; publishes `message.*`.
"""
