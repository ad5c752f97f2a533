"""Mail addresses with a domain in any script, such as `li@münchen.example` (Z36).

A domain is kept as mail servers know it: lower case, labels in other scripts as `xn--…` (IDNA 2008, RFC 5891). The name
before the @ stays as it was written.
"""

from typing import Final

import idna

from shared.kernel.errors import Said

NO_DOMAIN: Final = Said("The part after the @ is not a domain name.", "@ 之后的部分不是有效的域名。")


def mailable(address: str) -> str:
    """The address with its domain in ASCII. `ValueError` for a domain that IDNA refuses; others check the rest."""
    name, at, domain = address.rpartition("@")
    if not at or domain.isascii():
        return address
    try:
        return name + at + idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(NO_DOMAIN) from error
