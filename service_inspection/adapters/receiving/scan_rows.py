"""The mapping of a scanner's post to its row. A row is added, and changed when the post is matched
or corrected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic import TypeAdapter

from service_inspection.adapters.tables import scans
from service_inspection.domain.receiving.handling import UNKNOWN, HandlingAct, ScanState
from service_inspection.domain.receiving.scan import Scan
from shared.database.reader import Reader
from shared.database.work import Add, Root, Work

_SCAN: Final = TypeAdapter(Scan)
_HISTORY: Final = TypeAdapter(tuple[HandlingAct, ...])


class ScanRows:
    def __init__(self, reader: Reader, work: Work) -> None:
        self._reader = reader
        self._work = work
        self.waits = False
        """Whether a new post waits for its approval."""
        self._written: dict[str, Scan] = {}

    async def find(self, client_key: str) -> Scan | None:
        rows = await self._reader.load(scans, "client_key", client_key)
        return read(rows[0]) if rows else None

    async def get(self, scan_id: str) -> Scan | None:
        if scan_id in self._written:
            return self._written[scan_id]
        rows = await self._reader.load(scans, "id", scan_id)
        return read(rows[0]) if rows else None

    async def unidentified(self, rma_key: str) -> Sequence[Scan]:
        return _waiting(await self._reader.load(scans, "rma_key", rma_key))

    async def unidentified_by_parcel(self, tracking_key: str) -> Sequence[Scan]:
        return _waiting(await self._reader.load(scans, "match_key", tracking_key))

    def keep(self, scan: Scan) -> None:
        self.waits = self.waits or scan.state is ScanState.UNIDENTIFIED
        self._work.writes.append(Add(scans, _values(scan)))
        self._written[scan.id] = scan

    def change(self, scan: Scan) -> None:
        """Save a changed post. The row is written only while it has the version that was loaded."""
        for place, write in enumerate(self._work.writes):
            if isinstance(write, Add) and write.table is scans and write.values["id"] == scan.id:
                self._work.writes[place] = replace(write, values=_values(scan))
                break
        else:
            values = {**_values(scan), "version": scan.version + 1}
            self._work.roots = [root for root in self._work.roots if (root.table, root.key) != (scans, scan.id)]
            self._work.roots.append(Root(scans, scan.id, scan.version, values))
        self._written[scan.id] = scan


def _waiting(rows: Sequence[Mapping[str, Any]]) -> Sequence[Scan]:
    """The posts of which nobody knows whose goods they are, in order of arrival."""
    waiting = (scan for scan in map(read, rows) if scan.state in UNKNOWN)
    return sorted(waiting, key=lambda scan: (scan.posted_at, scan.id))


def _values(scan: Scan) -> Mapping[str, Any]:
    return {
        **_SCAN.dump_python(scan),
        "history": _HISTORY.dump_python(scan.history, mode="json") if scan.history else None,
        "client_key": scan.client_key,
        "rma_key": scan.rma_key,
        "tracking_key": scan.tracking_key,
        "match_key": scan.match_key,
    }


def read(row: Mapping[str, Any]) -> Scan:
    """The post in a row."""
    return _SCAN.validate_python({**row, "history": row["history"] or ()})
