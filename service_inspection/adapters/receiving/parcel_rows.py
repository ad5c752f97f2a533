"""The mapping of an announced parcel to its row. A row is added once and never changed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from service_inspection.adapters.tables import announced_parcels
from service_inspection.domain.receiving.parcel import AnnouncedParcel
from shared.database.reader import Reader
from shared.database.work import Put, Work

_PARCEL: Final = TypeAdapter(AnnouncedParcel)


class ParcelRows:
    def __init__(self, reader: Reader, work: Work) -> None:
        self._reader = reader
        self._work = work

    async def with_number(self, tracking_key: str) -> Sequence[AnnouncedParcel]:
        return _read(await self._reader.load(announced_parcels, "tracking_key", tracking_key))

    async def of_return(self, return_id: str) -> Sequence[AnnouncedParcel]:
        return _read(await self._reader.load(announced_parcels, "return_id", return_id))

    def keep(self, parcel: AnnouncedParcel) -> None:
        self._work.writes.append(Put(announced_parcels, _PARCEL.dump_python(parcel)))


def _read(rows: Sequence[Mapping[str, Any]]) -> Sequence[AnnouncedParcel]:
    return [_PARCEL.validate_python(dict(row)) for row in rows]
