"""Tests of returns on both engines."""
