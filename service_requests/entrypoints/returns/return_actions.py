"""Which operations a caller may use on a return now (N09)."""

from typing import Final, Literal, get_args

from service_requests.domain.returns.annotations import MOST_NOTES
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_status import MOVES
from shared.kernel.principal import Principal
from shared.web.actions import Action, Actions

PATH: Final = "/v1/returns/{return_id}"
Extendable = Literal["decide", "ship", "arrive", "judge"]
"""The deadlines that an agent may move; those of the law for money are not among them."""


def _can_approve(return_: Return, caller: Principal) -> bool:
    """Who gave the goodwill does not approve it (B09)."""
    goodwill = return_.review.goodwill
    return return_.status in MOVES["approve"] and (goodwill is None or goodwill.by != caller.actor)


def _can_refuse(return_: Return, _: Principal) -> bool:
    return return_.status in MOVES["refuse"]


def _can_cancel(return_: Return, _: Principal) -> bool:
    return any(unit.can_stay for unit in return_.units)


def _can_announce(return_: Return, _: Principal) -> bool:
    return return_.review.ruling is not None and any(unit.can_stay for unit in return_.units)


def _can_extend(return_: Return, _: Principal) -> bool:
    return any(each.matter.value in get_args(Extendable) for each in return_.open_matters)


def _can_note(return_: Return, _: Principal) -> bool:
    return return_.annotations.note_count < MOST_NOTES


def _always(_: Return, __: Principal) -> bool:
    return True


RETURN_ACTIONS: Final = Actions[Return]({
    # operation           path below the return     when
    "approve":      Action("POST", f"{PATH}/approval",     _can_approve),
    "refuse":       Action("POST", f"{PATH}/refusal",      _can_refuse),
    "cancel":       Action("POST", f"{PATH}/cancellation", _can_cancel),
    "announce":     Action("POST", f"{PATH}/shipments",    _can_announce),
    "extend":       Action("POST", f"{PATH}/extension",    _can_extend),
    "put_metadata": Action("PUT",  f"{PATH}/metadata",     _always),
    "put_tags":     Action("PUT",  f"{PATH}/tags",         _always),
    "add_note":     Action("POST", f"{PATH}/notes",        _can_note),
})  # fmt: skip
