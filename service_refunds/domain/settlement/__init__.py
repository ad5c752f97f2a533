"""One refund from reservation to its end at the payment provider."""
