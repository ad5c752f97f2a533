"""The order as it was paid, and what its parcels did."""
