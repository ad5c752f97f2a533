"""How a customer is reached and addressed. Retour keeps personal data here and nowhere else."""

import re
from dataclasses import dataclass, field
from typing import Final

from shared.kernel.errors import Language, Malformed, Said

LONGEST_ADDRESS: Final = 254
LONGEST_LOCAL: Final = 64
_WORD: Final = r"[A-Za-z0-9_+'~&-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS: Final = re.compile(rf"({_WORD}(?:\.{_WORD})*)@{_LABEL}(?:\.{_LABEL})+", re.ASCII)
"""One ASCII mailbox: no list, no quotes, no percent hack, nothing that decodes to something else."""

ONE_LINE: Final = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$"
"""No control character, no line break, no character that changes the direction of writing."""


class InvalidEmail(Malformed):
    """The text is not one plain mail address."""

    code = "invalid_email"
    title = Said("This is not a mail address", "邮箱地址无效")
    detail = Said("Give one plain address such as li.na@example.com.", "请填写一个邮箱地址，例如 li.na@example.com。")


class NotOneLine(Malformed):
    """The name breaks lines or hides control characters."""

    code = "not_one_line"
    title = Said("This text cannot be used", "文本无法使用")
    detail = Said("Names are one line without control characters.", "姓名与称呼须为单行文本，且不含控制字符。")


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """The customer is reached or addressed in another way."""


@dataclass(slots=True, kw_only=True)
class Contact:
    """The contact of one customer. `form_of_address` is the whole salutation, e.g. `Ms Li`, `李女士` (N3.1)."""

    id: str
    language: Language
    name: str | None = None
    email: str | None = None
    form_of_address: str | None = None
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def change(self, *, language: Language, name: str | None, email: str | None, form_of_address: str | None) -> None:
        """Replace all fields. Equal values change nothing. `InvalidEmail`, `NotOneLine`."""
        if email is not None:
            check_address(email)
        for pointer, text in (("/name", name), ("/form_of_address", form_of_address)):
            if text is not None and not re.match(ONE_LINE, text):
                raise NotOneLine(pointer=pointer)
        wanted = (language, name, email, form_of_address)
        if self.version and wanted == (self.language, self.name, self.email, self.form_of_address):
            return
        self.language, self.name, self.email, self.form_of_address = wanted
        self.events.append(ContactChanged())


def check_address(text: str) -> None:
    """`InvalidEmail` for anything but one plain ASCII address (S-87)."""
    found = ADDRESS.fullmatch(text)
    if found is None or len(text) > LONGEST_ADDRESS or len(found[1]) > LONGEST_LOCAL:
        raise InvalidEmail(pointer="/email")
