"""Runs the gateway's use cases: one unit of work, one commit, and what was revoked is forgotten at once."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from gateway.adapters.identity.recognition import Recogniser
from gateway.adapters.unit_of_work import GatewayUnitOfWork, GatewayUnits
from gateway.application.ports import UnitOfWork
from shared.contracts.envelope import Origin
from shared.database.database import Database
from shared.database.retrying import attempt

T = TypeVar("T")


class DatabaseTransactions:
    """See `Transactions`."""

    def __init__(self, database: Database, units: GatewayUnits, recogniser: Recogniser) -> None:
        self._database = database
        self._units = units
        self._recogniser = recogniser

    async def do(self, use_case: Callable[[UnitOfWork], Awaitable[T]], actor: str, *, revokes: str | None = None) -> T:
        """See `Transactions.do`."""

        def begin() -> GatewayUnitOfWork:
            return self._units.begin(Origin(actor))

        _, result = await attempt(begin, use_case, self._database.committer)
        if revokes is not None:
            self._recogniser.forget(revokes)
        return result
