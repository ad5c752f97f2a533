"""Tests of published policies on both engines."""
