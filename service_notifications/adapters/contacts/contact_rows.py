"""The mapping of a contact to its row."""

from collections.abc import Sequence

from service_notifications.adapters.tables import contacts
from service_notifications.domain.contacts.contact import Contact
from shared.database.reader import Reader
from shared.database.work import Root, Write


class ContactRows:
    thing = "contact"

    async def load(self, reader: Reader, key: str) -> Contact | None:
        rows = await reader.load(contacts, "id", key)
        return Contact(**rows[0]) if rows else None

    def save(self, aggregate: Contact) -> tuple[Root, Sequence[Write]]:
        values = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "sequence": aggregate.sequence,
            "language": aggregate.language,
            "name": aggregate.name,
            "email": aggregate.email,
            "form_of_address": aggregate.form_of_address,
        }
        return Root(contacts, aggregate.id, aggregate.version, values), ()
