"""The mapping of a scanner's post to its row. A row is added, and changed when the post is matched
or corrected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic import TypeAdapter

from service_inspection.adapters.tables import scans
from service_inspection.domain.receiving.scan import Scan, ScanState
from shared.database.reader import Reader
from shared.database.work import Add, Put, Work

_SCAN: Final = TypeAdapter(Scan)


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
        found = [read(row) for row in await self._reader.load(scans, "rma_key", rma_key)]
        waiting = (scan for scan in found if scan.state is ScanState.UNIDENTIFIED)
        return sorted(waiting, key=lambda scan: (scan.posted_at, scan.id))

    def keep(self, scan: Scan) -> None:
        self.waits = self.waits or scan.state is ScanState.UNIDENTIFIED
        self._write(Add(scans, _values(scan)), scan)

    def change(self, scan: Scan) -> None:
        self._write(Put(scans, _values(scan)), scan)

    def _write(self, write: Add | Put, scan: Scan) -> None:
        """One write for each row: a second one takes the place of the first, which may have added the row."""
        if scan.id in self._written:
            for place, earlier in enumerate(self._work.writes):
                if isinstance(earlier, Add | Put) and earlier.table is scans and earlier.values["id"] == scan.id:
                    self._work.writes[place] = replace(earlier, values=write.values)
        else:
            self._work.writes.append(write)
        self._written[scan.id] = scan


def _values(scan: Scan) -> Mapping[str, Any]:
    return {**_SCAN.dump_python(scan), "client_key": scan.client_key, "rma_key": scan.rma_key}


def read(row: Mapping[str, Any]) -> Scan:
    """The post in a row."""
    return _SCAN.validate_python(dict(row))
