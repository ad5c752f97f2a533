"""The composition root and the command line: everything in one process, or a process per service."""

__version__ = "0.1.0"
