"""Facts of other services that refunds depend on: orders and returns."""
