"""Tests of orders on both engines."""
