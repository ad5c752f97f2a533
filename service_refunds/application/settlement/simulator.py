"""The payment simulator's behaviour, set by people who try things out."""

from enum import StrEnum

from service_refunds.application.ports import UnitOfWork


class Mode(StrEnum):
    """What the simulator does with its next payments."""

    SETTLE = "settle"
    TIME_OUT_AFTER_SUCCESS = "time_out_after_success"
    DECLINE = "decline"
    PENDING = "pending"


async def set_behaviour(uow: UnitOfWork, mode: Mode, times: int) -> None:
    """From now on this mode, for so many payments."""
    uow.set_behaviour(mode, times)
