"""Amounts in a decision: thresholds in every currency, and what a policy says about the refund."""
