"""Tests of laws and policies as documents."""
