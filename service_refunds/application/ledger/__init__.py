"""Balances: opened with an order, demanded by a calculation."""
