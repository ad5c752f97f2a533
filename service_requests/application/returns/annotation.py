"""Metadata, a reference, tags and notes are written on a return (A18)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from service_requests.application.ports import UnitOfWork
from service_requests.application.returns.cancellation import own_return
from service_requests.domain.returns.return_ import Return
from shared.kernel.principal import Principal


async def annotate(
    uow: UnitOfWork,
    return_id: str,
    metadata: Mapping[str, str],
    external_reference: str | None,
    *,
    by: Principal,
    at: datetime,
) -> Return:
    """Replace the metadata and the reference; the same again changes nothing. `NotFound`."""
    found = await own_return(uow, return_id, by)
    found.annotate(metadata, external_reference, at=at)
    return found


async def tag(uow: UnitOfWork, return_id: str, tags: Sequence[str], *, at: datetime) -> Return:
    """Replace the tags; the same again changes nothing. `NotFound`."""
    found = await uow.returns.get(return_id)
    found.tag(tags, at=at)
    return found


async def add_note(uow: UnitOfWork, return_id: str, text: str, *, by: str, at: datetime) -> Return:
    """Add a note of a colleague. `NotFound`, `TooManyNotes`."""
    found = await uow.returns.get(return_id)
    found.add_note(text, by=by, at=at)
    return found
