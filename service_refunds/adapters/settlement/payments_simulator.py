"""A payment provider for trials: transfers can be listed, keys are honoured, and failures can be switched on.

The simulator writes its transfers in its own units of work and commits before the answer. A failure of the caller does
not undo them. Such a unit may share a database transaction with other units, never with the caller's unit; sharing
makes the simulator cheap.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from service_refunds.adapters.tables import simulated_transfers, simulator_behaviour
from service_refunds.application.settlement.simulator import Mode
from service_refunds.domain.settlement.provider import (
    Accepted,
    Declined,
    KeyReused,
    NoProviderAnswer,
    Paid,
    ProviderAnswer,
)
from shared.database.reader import Reader, Row
from shared.database.work import Add, Adjust, ConstraintBroken, GroupCommitter, Put, Work
from shared.kernel.errors import Unavailable
from shared.kernel.money import Money
from shared.runtime.clock import Clock

BEHAVIOUR: Final = "current"
MOST_ATTEMPTS: Final = 25


STATES: Final = {
    Mode.SETTLE: "paid",
    Mode.TIME_OUT_AFTER_SUCCESS: "paid",
    Mode.DECLINE: "declined",
    Mode.PENDING: "pending",
    Mode.FAIL_FOR_NOW: "failed_for_now",
}


def behaviour_row(mode: str, times: int) -> Put:
    """The write that sets this mode for the next `times` payments. After them the simulator settles again."""
    return Put(simulator_behaviour, {"id": BEHAVIOUR, "mode": mode, "times": times})


@dataclass(frozen=True, slots=True)
class PaymentsSimulator:
    """A simulated provider. A lookup settles a pending transfer unless the behaviour says otherwise."""

    reader: Reader
    committer: GroupCommitter
    clock: Clock
    key_window: timedelta = timedelta(hours=24)

    async def refund(self, key: str, reference: str, amount: Money) -> ProviderAnswer:
        for _ in range(MOST_ATTEMPTS):
            mode = await self._mode()
            work = Work(writes=[Add(simulated_transfers, self._row(key, reference, amount, mode))])
            if mode is not Mode.SETTLE:
                work.writes.append(Adjust(simulator_behaviour, {"id": BEHAVIOUR}, {"times": -1}))
            try:
                await self._commit(work)
            except ConstraintBroken:
                known = await self._find(key)
                if known is not None:
                    return await self._again(known, reference, amount)
                continue
            if mode is Mode.TIME_OUT_AFTER_SUCCESS:
                raise NoProviderAnswer("time-out after success")
            return _answer(key, STATES[mode])
        raise NoProviderAnswer("too many at once")

    async def lookup(self, key: str) -> ProviderAnswer | None:
        known = await self._find(key)
        if known is None:
            return None
        if known["state"] == STATES[Mode.PENDING] and await self._mode() is Mode.SETTLE:
            await self._commit(Work(writes=[Put(simulated_transfers, {**known, "state": STATES[Mode.SETTLE]})]))
            return _answer(key, STATES[Mode.SETTLE])
        return _answer(key, known["state"])

    async def _again(self, known: Row, reference: str, amount: Money) -> ProviderAnswer:
        """Answer a repeated key: the call is counted, the answer is the first one, nothing is paid."""
        key = known["key"]
        await self._commit(Work(writes=[Adjust(simulated_transfers, {"key": key}, {"calls": 1})]))
        before = (known["reference"], known["amount_minor"], known["currency"])
        if before != (reference, amount.minor, amount.currency):
            raise KeyReused(key=key)
        return _answer(key, known["state"])

    async def _commit(self, work: Work) -> None:
        try:
            await self.committer.commit(work)
        except Unavailable as error:
            raise NoProviderAnswer("its books are away") from error

    async def _find(self, key: str) -> Row | None:
        try:
            rows = await self.reader.load(simulated_transfers, "key", key)
        except Unavailable as error:
            raise NoProviderAnswer("its books are away") from error
        return rows[0] if rows else None

    async def _mode(self) -> Mode:
        try:
            rows = await self.reader.load(simulator_behaviour, "id", BEHAVIOUR)
        except Unavailable as error:
            raise NoProviderAnswer("its books are away") from error
        return Mode(rows[0]["mode"]) if rows and rows[0]["times"] > 0 else Mode.SETTLE

    def _row(self, key: str, reference: str, amount: Money, mode: Mode) -> dict[str, Any]:
        return {
            "key": key,
            "reference": reference,
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "state": STATES[mode],
            "calls": 1,
            "at": self.clock(),
        }


def _answer(key: str, state: str) -> ProviderAnswer:
    if state == STATES[Mode.DECLINE]:
        return Declined("declined_by_simulator")
    if state == STATES[Mode.FAIL_FOR_NOW]:
        return Declined("try_again_later")
    if state == STATES[Mode.PENDING]:
        return Accepted()
    return Paid("SIM" + sha256(key.encode()).hexdigest()[:12].upper())
