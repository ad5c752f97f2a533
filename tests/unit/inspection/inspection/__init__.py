"""Tests of the inspection of a return."""
