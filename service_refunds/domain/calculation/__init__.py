"""The calculation of a refund: order, request and policy become an itemised refund."""
