"""The errors that the gateway itself raises."""

from gateway.domain.identity.key import ROLE_OF_SCOPE
from shared.kernel.errors import Forbidden, Malformed, NotFound, Said, Unauthenticated, Unavailable
from shared.kernel.principal import Kind, Principal


class WrongPassword(Unauthenticated):
    """No account, a closed one or another password: the three look the same."""

    code = "wrong_password"
    title = Said("Signing in did not work", "登录失败")
    detail = Said("The e-mail address or the password is wrong.", "邮箱或密码不正确。")


class WrongCurrentPassword(Malformed):
    """Who changes a password proves that it is still known. The caller stays signed in."""

    code = "wrong_current_password"
    title = Said("The current password is wrong", "当前密码不正确")
    detail = Said("The password was not changed, because the current one is wrong.", "当前密码不正确，密码未更改。")


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


class UnknownOrigin(Forbidden):
    """A browser asks whether a page may call the API, and the settings do not list the page's origin."""

    code = "unknown_origin"
    title = Said("Unknown origin", "未知来源")
    detail = Said(
        "Pages of this origin may not call the API. The setting GATEWAY_CORS_ORIGINS lists those that may.",
        "该来源的网页不得调用接口。允许的来源由设置 GATEWAY_CORS_ORIGINS 列出。",
    )


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
