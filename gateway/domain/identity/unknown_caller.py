"""What callers want who are not known: each purpose has a quota of its own (Z37)."""

from enum import StrEnum


class UnknownCaller(StrEnum):
    """Each purpose is counted by address and by itself: none of them uses up what others behind the same address need.

    The values are the names in `RateLimit-Policy`.
    """

    ANONYMOUS = "anonymous"
    UNRECOGNISED = "unrecognised"
    SIGN_IN = "sign-in"

    @classmethod
    def who_sent(cls, secret: str | None) -> "UnknownCaller":
        """The purpose of a caller who was not recognised by this secret, or sent none."""
        return cls.UNRECOGNISED if secret else cls.ANONYMOUS
