"""Tests of cases, rules and decisions."""
