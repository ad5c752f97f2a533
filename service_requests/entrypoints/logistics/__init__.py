"""Routes of logistics: shipments."""
