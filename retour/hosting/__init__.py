"""Starts a Retour: one process over a folder, or a process per service on servers."""
