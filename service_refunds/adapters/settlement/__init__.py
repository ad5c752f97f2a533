"""Rows of refunds, and the payment provider."""
