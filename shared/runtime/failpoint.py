"""A trip wire: the process dies, once, at a named point of the protocol. For drills; it is there only when it is set.

`RETOUR_TRIP_WIRE` holds wires separated by `;`, each `SERVICE POINT MARKER`. The file `MARKER` must not exist; reaching
the point makes it and kills the process with SIGKILL, so that no `finally` runs. The next life finds it and goes on.
"""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

SETTING: Final = "RETOUR_TRIP_WIRE"


@dataclass(frozen=True, slots=True)
class Failpoints:
    """The points of one service's process, each with its marker."""

    points: Mapping[str, str]

    @classmethod
    def of(cls, service: str, environment: Mapping[str, str]) -> Self | None:
        """None where nothing is set for this service. `ValueError` for a wire that cannot be read."""
        points: dict[str, str] = {}
        for wire in filter(None, environment.get(SETTING, "").split(";")):
            whose, _, rest = wire.strip().partition(" ")
            point, _, marker = rest.partition(" ")
            if not marker:
                raise ValueError(f"{SETTING}: {wire!r} is not SERVICE POINT MARKER")
            if whose == service:
                points[point] = marker
        return cls(points) if points else None

    def reach(self, point: str) -> None:
        """Die here, the first time."""
        marker = self.points.get(point)
        if marker is None:
            return
        try:
            os.close(os.open(marker, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)
