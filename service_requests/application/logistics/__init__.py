"""Use cases of logistics: a parcel is announced."""
