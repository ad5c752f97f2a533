"""Use cases of contacts: how a customer is reached and addressed (N3.1)."""

from dataclasses import dataclass
from typing import Self

from service_notifications.application.ports import UnitOfWork
from service_notifications.domain.contacts.contact import Contact
from shared.kernel.errors import Language, NotFound
from shared.kernel.principal import Kind, Principal


@dataclass(frozen=True, slots=True)
class ContactValues:
    """The new values of a contact."""

    language: Language
    name: str | None
    email: str | None
    form_of_address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """A contact as it is after the present transaction. `version` is its ETag."""

    customer_id: str
    language: Language
    name: str | None
    email: str | None
    form_of_address: str | None
    version: int

    @classmethod
    def of(cls, contact: Contact) -> Self:
        """The view of a contact that was just loaded or changed."""
        version = contact.version + bool(contact.events)
        return cls(
            customer_id=contact.id,
            language=contact.language,
            name=contact.name,
            email=contact.email,
            form_of_address=contact.form_of_address,
            version=version,
        )


def require_own_contact(customer_id: str, by: Principal) -> None:
    """`NotFound` for another customer's contact, as for a contact that does not exist."""
    if by.kind is Kind.CUSTOMER and by.id != customer_id:
        raise NotFound("contact")


async def put_contact(uow: UnitOfWork, customer_id: str, wanted: ContactValues, *, by: Principal) -> ContactView:
    """Replace a customer's contact, or create it. `NotFound`, `InvalidEmail`, `NotOneLine`.

    A change of contacts wakes the delivery job, which then delivers the messages that waited for this contact.
    """
    require_own_contact(customer_id, by)
    contact = await uow.contacts.find(customer_id)
    if contact is None:
        contact = Contact(id=customer_id, language=wanted.language)
        uow.contacts.add(contact)
    contact.change(
        language=wanted.language,
        name=wanted.name,
        email=wanted.email,
        form_of_address=wanted.form_of_address,
    )
    return ContactView.of(contact)
