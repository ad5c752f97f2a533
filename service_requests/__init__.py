"""Owns orders, policies and returns: snapshots of orders, decisions by law and policy, and the state of every unit.

Consumes `inspection.*`, `refund.*`, `message.*`; publishes `order.*`, `return.*`.
"""
