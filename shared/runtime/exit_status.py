"""Exit statuses of a process that cannot do its work (sysexits.h)."""

from typing import Final

EXIT_SETTINGS: Final = 78
"""A setting is wrong: a restart does not help."""
EXIT_AWAY: Final = 69
"""A server is not reachable: a restart may help."""
