"""Which operations a caller may use on a key or an account now: the rights of the caller and the state (N09)."""

from typing import Final

from gateway.domain.identity.account import Account
from gateway.domain.identity.gateway_operation import GATEWAY_OPERATIONS
from gateway.domain.identity.key import Key
from shared.kernel.principal import Principal
from shared.web.actions import Action, Actions


def _can_rotate(key: Key, _: Principal) -> bool:
    return key.can_rotate


def _can_revoke(key: Key, _: Principal) -> bool:
    return key.revoked_at is None


def _can_change(account: Account, caller: Principal) -> bool:
    return not account.is_of(caller)


KEY_ACTIONS: Final = Actions[Key]({
    # operation                   path                            when
    "rotate_key": Action("POST",   "/v1/keys/{key_id}/rotation",  _can_rotate),
    "revoke_key": Action("DELETE", "/v1/keys/{key_id}",           _can_revoke),
}, GATEWAY_OPERATIONS)  # fmt: skip

ACCOUNT_ACTIONS: Final = Actions[Account]({
    # operation                       path                         when
    "change_account": Action("PATCH", "/v1/accounts/{account_id}", _can_change),
}, GATEWAY_OPERATIONS)  # fmt: skip
