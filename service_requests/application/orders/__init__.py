"""Use cases of orders: a storefront pushes a snapshot."""
