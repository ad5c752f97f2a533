"""Comparing the services, giving lost events again, and listing what cannot be repaired."""
