"""Use cases of receiving: when a scan and its return miss each other."""
