"""Tests of scanner posts on both engines."""
