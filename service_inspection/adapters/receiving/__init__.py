"""Rows of scans."""
