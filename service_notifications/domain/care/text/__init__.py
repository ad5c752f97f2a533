"""Texts in both languages: folded, searched for phrases, read for amounts, days and times."""
