"""Tests of inspections on both engines."""
