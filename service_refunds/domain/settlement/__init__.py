"""A refund from its reservation to its end at the payment provider."""
