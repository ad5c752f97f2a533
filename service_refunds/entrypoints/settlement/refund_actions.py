"""Which operations a caller may use on a refund now: the rights of the caller and the state of the refund (N09)."""

from typing import Final

from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.state import UNPAID, State
from shared.kernel.principal import Principal
from shared.web.actions import Action, Actions

PATH: Final = "/v1/refunds/{refund_id}"


def _can_retry(refund: Refund, _: Principal) -> bool:
    return refund.state in UNPAID


def _can_inquire(refund: Refund, _: Principal) -> bool:
    return refund.state is State.MANUAL_REVIEW and bool(refund.open_payouts)


def _can_resolve(refund: Refund, _: Principal) -> bool:
    return bool(refund.payouts) and refund.state in UNPAID | {State.MANUAL_REVIEW}


def _can_confirm(refund: Refund, caller: Principal) -> bool:
    waits = refund.recovery.resolution
    return waits is not None and waits.by != caller.id


def _can_withdraw(refund: Refund, _: Principal) -> bool:
    return refund.recovery.resolution is not None


def _can_close_remainder(refund: Refund, _: Principal) -> bool:
    return refund.open_remainder is not None


ACTIONS: Final = Actions[Refund]({
    # operation                           path below the refund       when
    "retry_refund":        Action("POST", f"{PATH}/attempts",                _can_retry),
    "inquire_refund":      Action("POST", f"{PATH}/inquiry",                 _can_inquire),
    "resolve_refund":      Action("POST", f"{PATH}/resolution",              _can_resolve),
    "confirm_resolution":  Action("POST", f"{PATH}/resolution/confirmation", _can_confirm),
    "withdraw_resolution": Action("POST", f"{PATH}/resolution/withdrawal",   _can_withdraw),
    "close_remainder":     Action("POST", f"{PATH}/remainder-closure",       _can_close_remainder),
})  # fmt: skip
