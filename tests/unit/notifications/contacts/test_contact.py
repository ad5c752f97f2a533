"""How a customer is reached: one plain address, one-line names, nothing that becomes something else (S-87)."""

import pytest

from service_notifications.domain.contacts.contact import Contact, InvalidEmail, NotOneLine, check_address


@pytest.mark.parametrize(
    "address",
    ["li.na@example.com", "o'neil+returns@mail.example.co.uk", "a_b-c~d&e@x1.example", "a@xn--fiq228c.example"],
)
def test_plain_addresses_are_taken(address: str) -> None:
    check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@x",
        "@x.example",
        "a@.example",
        "a@x..example",
        ".a@x.example",
        "a..b@x.example",
        "a@-x.example",
        "a@x.example,b@y.example",
        "a@x.example;b@y.example",
        "Li <a@x.example>",
        '"a b"@x.example',
        "a b@x.example",
        "a@x.example\n",
        "a@x.example\r\nBcc: b@y.example",
        "a%0aBcc:b@x.example",
        "a!b@x.example",
        "=?utf-8?q?a?=@x.example",
        "a@[127.0.0.1]",
        "李@x.example",
        "a@例.example",
        "a" * 65 + "@x.example",
        "a@" + "x" * 64 + ".example",
        "a@" + "x." * 130 + "example",
    ],
)
def test_everything_else_is_refused(address: str) -> None:
    with pytest.raises(InvalidEmail):
        check_address(address)


@pytest.mark.parametrize("name", ["Li\nNa", "Li\r\nBcc: x", "Li\x00", "Li\x85", "Li\u2028Na", "\u202eaN iL"])
def test_a_name_is_one_line(name: str) -> None:
    with pytest.raises(NotOneLine):
        Contact(id="cus-1", language="en").change(language="en", name=name, email=None, form_of_address=None)


def test_the_same_again_changes_nothing() -> None:
    contact = Contact(id="cus-1", language="en", name="Li Na", version=1)
    contact.change(language="en", name="Li Na", email=None, form_of_address=None)
    assert contact.events == []
    contact.change(language="zh-CN", name="Li Na", email=None, form_of_address=None)
    assert len(contact.events) == 1
