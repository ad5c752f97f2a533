"""Routes for finance: ledger and feed."""
