"""Failpoints: the process kills itself, once, at a named point of the protocol. For drills; active only when set.

`RETOUR_FAILPOINTS` holds failpoints separated by `;`, each `SERVICE POINT MARKER`. The file `MARKER` must not exist.
Reaching the point creates the file and kills the process with SIGKILL, so that no `finally` runs. After a restart the
file exists, and the process continues past the point.
"""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

SETTING: Final = "RETOUR_FAILPOINTS"


@dataclass(frozen=True, slots=True)
class Failpoints:
    """The points of one service's process, each with its marker file."""

    points: Mapping[str, str]

    @classmethod
    def of(cls, service: str, environment: Mapping[str, str]) -> Self | None:
        """None where nothing is set for this service. `ValueError` for text that is no failpoint."""
        points: dict[str, str] = {}
        for text in filter(None, environment.get(SETTING, "").split(";")):
            whose, _, remainder = text.strip().partition(" ")
            point, _, marker = remainder.partition(" ")
            if not marker:
                raise ValueError(f"{SETTING}: {text!r} is not SERVICE POINT MARKER")
            if whose == service:
                points[point] = marker
        return cls(points) if points else None

    def reach(self, point: str) -> None:
        """Kill this process, the first time that the point is reached."""
        marker = self.points.get(point)
        if marker is None:
            return
        try:
            os.close(os.open(marker, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)
