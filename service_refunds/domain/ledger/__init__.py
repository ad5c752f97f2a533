"""The ledger of an order: double entry, and the balances that bound every refund."""
