"""The command `retour`: start it, migrate it, show it, look after it.

Each word imports what it needs when it is asked for, so that help and a short question answer at once.
"""

from retour.command.application import main

__all__ = ["main"]
