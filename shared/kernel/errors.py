"""The errors a caller can understand, each with a stable code and a sentence in both languages.

RetourError
├── Malformed        the request cannot be understood              422
├── Unauthenticated  the caller is not known                        401
│   └── WrongSignature   the message does not prove its sender
├── Forbidden        the caller may not do this                     403
├── NotFound         there is no such thing, or not for you        404
├── Refused          understood, and a rule said no                409
│   ├── IllegalMove  the thing is not in a state that allows it
│   └── StaleVersion another caller changed it first
├── TooManyRequests  more than this caller's share                 429, with the seconds to wait
├── NotYet           a fact this depends on has not arrived        503, an event waits for it
└── Unavailable      an outage: a server cannot be reached         503, try again
"""

from typing import Any, ClassVar, Final, Literal, NamedTuple

Language = Literal["en", "zh-CN"]


class Said(NamedTuple):
    """One sentence in both languages; `{fact}` places are filled from facts, some of them sentences themselves."""

    en: str
    zh: str

    def to(self, language: Language, **facts: Any) -> str:
        """The sentence in one language."""
        text = self.zh if language == "zh-CN" else self.en
        if not facts:
            return text
        said = {name: fact.to(language) if isinstance(fact, Said) else fact for name, fact in facts.items()}
        return text.format(**said)


class ErrorPart(NamedTuple):
    """One of several things that are wrong; in a text with its place, lines and columns from 1."""

    pointer: str
    line: int | None
    column: int | None
    says: Said


class RetourError(Exception):
    """An error that a caller can act on. `code` never changes; the facts describe this case."""

    code: ClassVar[str] = "internal_error"
    title: ClassVar[Said] = Said("Something went wrong", "出现错误")
    detail: ClassVar[Said] = Said("The request could not be carried out.", "请求未能完成。")
    parts: tuple[ErrorPart, ...] = ()
    """What is wrong, one by one, where a text was sent that has lines."""

    def __init__(self, *, pointer: str | None = None, **facts: Any) -> None:
        self.pointer = pointer
        self.facts = facts
        super().__init__(self.say("en"))

    def say(self, language: Language) -> str:
        """What happened this time, for a person."""
        return self.detail.to(language, **self.facts)


class Malformed(RetourError):
    """The request cannot be understood: a field is missing, too large or of the wrong kind."""

    code = "malformed"
    title = Said("The request cannot be understood", "请求无法识别")
    detail = Said("{reason}", "{reason}")


class Unauthenticated(RetourError):
    """The caller is not known."""

    code = "unauthenticated"
    title = Said("Please sign in", "请先登录")
    detail = Said("This needs a valid token or key.", "此操作需要有效的令牌或密钥。")
    proof: ClassVar[str] = "Bearer"
    """What would prove the caller, by the name that HTTP has for it."""


class WrongSignature(Unauthenticated):
    """A message that proves itself does not: no sender, no signature or a wrong one look the same."""

    code = "wrong_signature"
    title = Said("The signature is not right", "签名无效")
    detail = Said("This needs the sender's signature over the raw body.", "此操作需要发送方对原始请求体的签名。")
    proof = "Signature"


class Forbidden(RetourError):
    """The caller is known and not allowed to do this."""

    code = "forbidden"
    title = Said("Not allowed", "无权操作")
    detail = Said("Your role does not allow this.", "您的角色无权执行此操作。")


class NotFound(RetourError):
    """The thing does not exist, or this caller may not see it: both look the same."""

    code = "not_found"
    title = Said("Not found", "未找到")
    detail = Said("There is no such {thing}.", "没有找到该{thing}。")

    def __init__(self, thing: str = "resource", **more: Any) -> None:
        super().__init__(thing=thing, **more)

    def say(self, language: Language) -> str:
        """In Chinese the thing has a Chinese name, too."""
        thing = THINGS.get(self.facts["thing"], "内容") if language == "zh-CN" else self.facts["thing"]
        return self.detail.to(language, **{**self.facts, "thing": thing})


THINGS: Final = {
    "account": "账号",
    "article": "商品",
    "contact": "联系人",
    "discrepancy": "差异",
    "double payment": "重复退款",
    "fact": "对账事实",
    "file": "文件",
    "finding": "对账发现",
    "inspection": "验收",
    "key": "密钥",
    "message": "消息",
    "order": "订单",
    "parked event": "滞留事件",
    "policy": "退货政策",
    "queue": "队列",
    "receipt": "收货记录",
    "refund": "退款",
    "return": "退货单",
    "session": "会话",
    "shop": "店铺连接",
}
"""What can be missing, in Chinese."""


NO_CURSOR: Final = Said("Use the `next` of the page before, unchanged.", "请原样使用上一页的 next。")
"""What to send where a list was given a cursor that is none of its own."""


class Refused(RetourError):
    """The request was understood, and a rule refused it."""

    code = "refused"
    title = Said("Not possible", "无法办理")
    detail = Said("A rule does not allow this.", "规则不允许此操作。")


class IllegalMove(Refused):
    """The verb does not start from this state; the facts name the states it starts from."""

    code = "illegal_move"
    title = Said("Not possible in this state", "当前状态无法执行")
    detail = Said(
        "{verb} is not possible while the state is {status}; it is possible from: {allowed}.",
        "当前状态为 {status}，无法执行 {verb}；可执行的状态：{allowed}。",
    )

    def __init__(self, verb: str, status: str, allowed: frozenset[str] | tuple[str, ...] = ()) -> None:
        super().__init__(verb=verb, status=status, allowed=", ".join(sorted(allowed)) or "-")


class StaleVersion(Refused):
    """Another caller changed it first: load and decide again."""

    code = "stale_version"
    title = Said("Changed in the meantime", "数据已被更改")
    detail = Said(
        "It was changed by somebody else in the meantime. Load it again and repeat.",
        "数据已被他人更改，请重新加载后再试。",
    )


class TooManyRequests(RetourError):
    """More requests than allowed in this time; `seconds` until more are allowed."""

    code = "too_many_requests"
    title = Said("Too many requests", "请求过于频繁")
    detail = Said("Please try again in {seconds} seconds.", "请在 {seconds} 秒后重试。")

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(seconds=seconds)


class NotYet(RetourError):
    """A fact this depends on has not arrived. A request is repeated later; an event waits."""

    code = "not_yet"
    title = Said("Not yet", "尚未就绪")
    detail = Said("Something this depends on has not arrived yet: {missing}.", "所依赖的信息尚未到达：{missing}。")

    def __init__(self, missing: str) -> None:
        super().__init__(missing=missing)


class Unavailable(RetourError):
    """An outage: a database, a broker or a provider cannot be reached. Nothing was half done."""

    code = "unavailable"
    title = Said("Temporarily unavailable", "暂时不可用")
    detail = Said("{what} cannot be reached right now. Please try again.", "{what}暂时无法访问，请稍后再试。")

    def __init__(self, what: str | Said) -> None:
        self.what = what if isinstance(what, Said) else _named(what)
        super().__init__(what=self.what)

    @property
    def whole(self) -> str:
        """What is not reachable, with the library's own words, in one line: for operators, not for callers."""
        what, cause = self.what.en, self.__cause__
        if cause is None or "(" in what:
            return what
        said = str(cause).partition("\n")[0]
        return f"{what} ({type(cause).__name__}: {said})"


PARTS: Final = {
    "broker": "消息服务器",
    "database": "数据库",
    "files": "文件存储",
    "inspection": "验收服务",
    "notifications": "通知服务",
    "refunds": "退款服务",
    "requests": "退货服务",
    "secrets": "密钥",
}
"""What can be away, in Chinese."""


def _named(what: str) -> Said:
    """What is not reachable, in both languages; the reason stays as it is."""
    part, gap, why = what.partition(" ")
    return Said(what, PARTS.get(part, part) + gap + why)
