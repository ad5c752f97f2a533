"""How a process ends when it cannot do its work (sysexits.h)."""

from typing import Final

EXIT_SETTINGS: Final = 78
"""A setting is wrong: starting again will not help."""
EXIT_AWAY: Final = 69
"""A server that is needed is away: starting again may help."""
