"""Orders as shops document them, read into the snapshot of an order and the facts that came later (N14)."""
