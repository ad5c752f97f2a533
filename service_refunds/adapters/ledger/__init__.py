"""Rows of balances and ledger entries."""
