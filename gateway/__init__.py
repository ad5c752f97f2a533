"""The front door: who you are, which service you want, the pages people see; no business rule.

Consumes nothing; publishes nothing.
"""
