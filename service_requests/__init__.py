"""Owns the return, from wish to end: orders as they were paid, the policy's verdict, the way of every unit.

Consumes `inspection.*`, `refund.*`, `message.*`; publishes `order.*`, `return.*`.
"""
