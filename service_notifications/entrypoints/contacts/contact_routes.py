"""Routes of contacts, which are the only personal data that Retour keeps."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Response
from pydantic import AfterValidator, ConfigDict, JsonValue, StringConstraints

from service_notifications.application.contacts import contact as use_cases
from service_notifications.application.contacts.contact import ContactValues
from service_notifications.application.queries import Queries
from service_notifications.domain.contacts.contact import LONGEST_ADDRESS, ONE_LINE
from shared.kernel.errors import Language
from shared.kernel.language_tag import spoken
from shared.web.call import AnyCall
from shared.web.fields import Input, LanguageTag, Output, Token
from shared.web.mail_address import mailable
from shared.web.version_headers import CHANGED, SHOWN

CustomerId = Annotated[Token, Path(examples=["cus_1001"])]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=ONE_LINE)]
Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=LONGEST_ADDRESS),
    AfterValidator(mailable),
]

EXAMPLE: Final[dict[str, JsonValue]] = {
    "name": "Li Na",
    "email": "li.na@example.com",
    "form_of_address": "Ms Li",
    "language": "en",
}


class ContactIn(Input):
    """A customer's whole contact; what is left out is removed. `form_of_address` is the salutation she is used to."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    name: Line | None = None
    email: Address | None = None
    form_of_address: Line | None = None
    language: LanguageTag
    """BCP 47; messages are in Chinese for Chinese of any region, and in English for any other language."""

    def wanted(self) -> ContactValues:
        """The values for the use case."""
        return ContactValues(spoken(self.language), self.name, self.email, self.form_of_address)


class ContactOut(Output):
    """A customer's contact; `version` is its ETag."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"customer_id": "cus_1001", **EXAMPLE, "version": 1}]})

    customer_id: str
    name: str | None
    email: str | None
    form_of_address: str | None
    language: Language
    version: int


def routes(queries: Queries) -> APIRouter:
    """The routes of contacts."""
    router = APIRouter(prefix="/v1/contacts", tags=["contacts"])

    @router.put(
        "/{customer_id}",
        response_model=ContactOut,
        summary="Say how a customer is reached and addressed",
        **CHANGED,
    )
    async def put_contact(call: AnyCall, customer_id: CustomerId, body: ContactIn) -> Response:
        return await call.execute(
            lambda uow: use_cases.put_contact(uow, customer_id, body.wanted(), by=call.principal), ContactOut
        )

    @router.get("/{customer_id}", response_model=ContactOut, summary="How a customer is reached and addressed", **SHOWN)
    async def see_contact(call: AnyCall, customer_id: CustomerId) -> Response:
        return await call.read(queries.contact(customer_id, call.principal), ContactOut)

    return router
