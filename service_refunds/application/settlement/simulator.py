"""The behaviour of the payment simulator, which people set to try things out."""

from enum import StrEnum

from service_refunds.application.ports import UnitOfWork


class Mode(StrEnum):
    """What the simulator does with its next payments."""

    SETTLE = "settle"
    TIME_OUT_AFTER_SUCCESS = "time_out_after_success"
    DECLINE = "decline"
    PENDING = "pending"
    FAIL_FOR_NOW = "fail_for_now"


async def set_behaviour(uow: UnitOfWork, mode: Mode, times: int) -> None:
    """Set this mode for the next `times` payments."""
    uow.set_behaviour(mode, times)
