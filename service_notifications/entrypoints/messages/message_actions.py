"""Which operations a caller may use on a message now (N09)."""

from collections.abc import Callable
from typing import Final, Protocol

from service_notifications.domain.messages.message import MOVES, Status
from shared.kernel.principal import Principal
from shared.web.actions import Action, Actions

PATH: Final = "/v1/messages/{message_id}"


class WithStatus(Protocol):
    """A message, however it was read."""

    @property
    def status(self) -> Status: ...


def _may(verb: str) -> Callable[[WithStatus, Principal], bool]:
    """Whether the table of moves leads on from the status."""
    return lambda message, _: message.status in MOVES[verb][0]


MESSAGE_ACTIONS: Final = Actions[WithStatus]({
    "send_again":      Action("POST", f"{PATH}/sending-again",  _may("send_again")),
    "tell_otherwise":  Action("POST", f"{PATH}/told-otherwise", _may("tell_otherwise")),
    "discard_message": Action("POST", f"{PATH}/discard",        _may("discard")),
})  # fmt: skip
