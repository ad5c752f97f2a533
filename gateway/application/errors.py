"""The errors that the gateway itself raises."""

from gateway.domain.identity.key import ROLE_OF_SCOPE
from shared.kernel.errors import Forbidden, NotFound, Said, Unauthenticated, Unavailable
from shared.kernel.principal import Kind, Principal


class WrongPassword(Unauthenticated):
    """No account, a closed one or another password: the three look the same."""

    code = "wrong_password"
    title = Said("Signing in did not work", "登录失败")
    detail = Said("The e-mail address or the password is wrong.", "邮箱或密码不正确。")


class NoAnswerInTime(Unavailable):
    """The service has the request and did not answer in time; whether it was done is not known."""

    code = "no_answer_in_time"
    title = Said("No answer in time", "未及时响应")
    detail = Said(
        "{what} did not answer in time. Repeat the call with the same Idempotency-Key to learn what became of it.",
        "{what} 未及时响应。请使用相同的 Idempotency-Key 重试以确认处理结果。",
    )


class OtherSite(Forbidden):
    """A form that none of our own pages sent."""

    code = "other_site"
    detail = Said("The form came from another site, or from nowhere.", "表单来源不是本站，或来源不明。")


class NoSuchPage(NotFound):
    """What a page shows is not there, or not for this reader."""

    code = "no_such_page"
    detail = Said("There is no such page, or it is not for you.", "页面不存在，或您无权查看。")


class KeyLacks(Forbidden):
    """A system's key without the scope that this needs; it is named, so that the key can be made anew with it."""

    detail = Said("This key lacks the scope {scope}.", "该密钥缺少权限范围 {scope}。")


def not_allowed(principal: Principal, scope: str | None) -> Forbidden:
    """Why a known caller is refused: by the scope that its key lacks, else by role."""
    if principal.kind is Kind.SYSTEM and scope in ROLE_OF_SCOPE and scope not in principal.scopes:
        return KeyLacks(scope=scope)
    return Forbidden()
