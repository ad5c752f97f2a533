"""What the delivery job is given, and how a message comes back from its row: every moment and word another one."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest

from service_notifications.adapters.contacts.contact_rows import ContactRows
from service_notifications.adapters.messages.message_rows import MessageRows
from service_notifications.adapters.messages.outgoing_mail import OutgoingMailQueue
from service_notifications.adapters.publishing import publish
from service_notifications.adapters.queries import SqlDueMessages
from service_notifications.adapters.tables import common, metadata
from service_notifications.adapters.unit_of_work import NotificationsUnitOfWork, NotificationsUnits
from service_notifications.domain.contacts.contact import Contact
from service_notifications.domain.messages.message import Message, Status
from shared.contracts.envelope import Origin
from shared.database.database import Database
from shared.database.repository import OutboxWriter
from shared.database.unit_of_work.transactions import Transactions
from shared.database.work import Work
from shared.kernel.errors import NotFound
from shared.runtime.clock import new_id, now
from tests.conftest import Engines
from tests.support.notifications import START, a_mail, a_message

NOW = START + timedelta(days=3)


@pytest.fixture
async def database(engines: Engines) -> Database:
    return await engines.fresh(metadata, common, word="notifications")


async def save(database: Database, *things: Message | Contact) -> None:
    work = Work()
    for thing in things:
        root, _ = MessageRows().save(thing) if isinstance(thing, Message) else ContactRows().save(thing)
        work.roots.append(root)
    await database.committer.commit(work)


def due(key: str, *, hours: float) -> Message:
    """Due so many hours before now, made long ago."""
    return a_message(id=key, fact=key, due_at=NOW - timedelta(hours=hours))


def waiting(key: str, customer: str) -> Message:
    """Nobody knew how to reach this customer."""
    return a_message(id=key, fact=key, customer_id=customer, status=Status.WAITING_FOR_CONTACT, due_at=None)


async def test_what_is_due_is_begun_the_longest_waiting_first_and_what_is_postponed_not_before(
    database: Database,
) -> None:
    """L04: the number of a message says nothing about its turn."""
    over = a_message(id="msg_9", fact="over", status=Status.SENT, due_at=None)
    await save(database, due("msg_1", hours=1), due("msg_2", hours=-1), due("msg_3", hours=5), due("msg_4", hours=0))
    await save(database, over)
    job = SqlDueMessages(database.reader)
    assert await job.due(NOW, 10) == ["msg_3", "msg_1", "msg_4"]
    assert await job.due(NOW, 2) == ["msg_3", "msg_1"]


async def test_who_has_no_address_is_not_looked_at_in_every_round(database: Database) -> None:
    """200 customers without an address must not keep one with an address waiting."""
    await save(
        database,
        Contact(id="cus-none", language="en"),
        Contact(id="cus-has", language="en", email="li.na@customers.example"),
    )
    unreached = [waiting(f"msg_{n}", "cus-none") for n in (1, 2, 3)] + [waiting("msg_4", "cus-unknown")]
    await save(database, *unreached, waiting("msg_5", "cus-has"), waiting("msg_6", "cus-has"))
    sent = a_message(id="msg_7", fact="msg_7", customer_id="cus-has", status=Status.SENT, due_at=None)
    await save(database, sent, due("msg_8", hours=1))
    job = SqlDueMessages(database.reader)
    assert await job.due(NOW, 9) == ["msg_8", "msg_5", "msg_6"]
    assert await job.due(NOW, 2) == ["msg_8", "msg_5"]
    assert await job.due(NOW, 1) == ["msg_8"]


async def test_a_message_comes_back_as_it_was_kept(database: Database) -> None:
    """Its birth, three attempts, its end and its language; nothing stands in for something else."""
    message = a_message(id="msg_1", language="en")
    began = START + timedelta(days=1)
    message.begin(language="zh-CN", at=began)
    message.postpone(code="smtp_451", at=began + timedelta(seconds=3))
    message.begin(language="zh-CN", at=began + timedelta(hours=1))
    message.begin(language="zh-CN", at=began + timedelta(hours=2))
    message.succeed(at=began + timedelta(hours=2, seconds=5))
    failed = a_message(id="msg_2", fact="other", customer_id="cus-2", tells="ret_2", return_id="ret_2")
    failed.begin(language="en", at=began)
    failed.fail(code="smtp_550", at=began + timedelta(seconds=8))
    await save(database, message, failed)
    for kept in (message, failed):
        found = await MessageRows().load(database.reader, kept.id)
        kept.version = 1
        assert found == kept


async def test_a_fact_is_told_once_to_each_person(database: Database) -> None:
    """L02."""
    first = a_message(fact="parcel:1", collected=("parcel:2",), return_id="ret_1")
    await save(database, first, a_message(fact="parcel:3", return_id="ret_2"))
    outbox_writer = OutboxWriter("notifications", publish, now, new_id)
    units = NotificationsUnits(database.reader, outbox_writer, OutgoingMailQueue(1))
    uow = units.begin(Origin("service:tests"))
    [found] = await uow.messages_of_return("ret_1")
    assert found.id == first.id
    assert [found.tells_fact(f"parcel:{n}") for n in (1, 2, 3)] == [True, True, False]


async def change_contact(uow: NotificationsUnitOfWork) -> None:
    contact = Contact(id="cus-1", language="en")
    contact.change(language="en", name=None, email="li.na@customers.example", form_of_address=None)
    uow.contacts.add(contact)


async def keep_mail(uow: NotificationsUnitOfWork) -> None:
    uow.keep_words(a_mail(message_id="msg_1"), START)


async def ask_for_a_place(uow: NotificationsUnitOfWork) -> None:
    uow.may_hand_over_now()


async def look_at_a_contact(uow: NotificationsUnitOfWork) -> None:
    assert await uow.contacts.find("cus-1") is not None


@pytest.mark.parametrize(
    ("use_case", "waiting", "due", "begun"),
    [
        (change_contact, 0, True, []),
        (look_at_a_contact, 0, False, []),
        (keep_mail, 0, False, ["msg_1"]),
        (ask_for_a_place, 0, False, []),
        (ask_for_a_place, 2, True, ["msg_0", "msg_0"]),
    ],
)
async def test_a_commit_wakes_the_job_that_continues(
    database: Database,
    use_case: Callable[[NotificationsUnitOfWork], Awaitable[None]],
    waiting: int,
    due: bool,
    begun: Sequence[str],
) -> None:
    """L04: nobody waits for the next round: a mail for its hand-over, a message for a contact or for a place."""
    if use_case is look_at_a_contact:
        await save(database, Contact(id="cus-1", language="en"))
    outgoing = OutgoingMailQueue(2)
    for _ in range(waiting):
        outgoing.put(a_mail(message_id="msg_0"))
    units = NotificationsUnits(database.reader, OutboxWriter("notifications", publish, now, new_id), outgoing)
    await Transactions(units, database.committer).run(use_case, Origin("service:tests"))
    assert outgoing.due.is_set() is due
    assert [mail.message_id for mail in outgoing.take(9)] == begun


async def test_a_mail_whose_attempt_is_not_committed_is_handed_over_by_nobody(database: Database) -> None:
    """I-25: nobody would know that it has left."""
    outgoing = OutgoingMailQueue(2)
    units = NotificationsUnits(database.reader, OutboxWriter("notifications", publish, now, new_id), outgoing)

    async def refuse(uow: NotificationsUnitOfWork) -> None:
        await keep_mail(uow)
        raise NotFound("message")

    with pytest.raises(NotFound):
        await Transactions(units, database.committer).run(refuse, Origin("service:tests"))
    assert outgoing.take(9) == []
