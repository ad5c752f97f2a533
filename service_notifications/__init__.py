"""Owns messages to customers: contacts, the messages about returns, and the delivery of each message.

Consumes `return.*`, `inspection.*`, `refund.*`; publishes `message.*`.
"""
