"""What is outside the product in a walk: the payment provider, the mail server, and a bus that delivers badly."""

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from service_notifications.application.messages.mail_transport import HANDED_OVER, DeliveryOutcome, DeliveryReceipt
from service_notifications.domain.messages.outgoing_mail import OutgoingMail
from service_refunds.domain.settlement.provider import Accepted, Declined, NoProviderAnswer, Paid, ProviderAnswer
from shared.contracts.envelope import Envelope
from shared.kernel.money import Money
from shared.messaging.bus import Message, NoteUnrouted, Subscription, noun_of

PROVIDER_PLANS = ("settle", "decline", "busy", "pending", "lost", "silent")


@dataclass
class Provider:
    """What it has really done (`truth`), and how it answers next. It honours keys for a day."""

    plan: deque[str] = field(default_factory=deque)
    away: bool = False
    truth: dict[str, ProviderAnswer] = field(default_factory=dict)
    amounts: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The payment and the amount of each key."""
    key_window: timedelta = timedelta(hours=24)

    async def refund(self, key: str, reference: str, amount: Money) -> ProviderAnswer:
        """See `PaymentProvider.refund`."""
        if self.away:
            raise NoProviderAnswer("away")
        how = self.plan.popleft() if self.plan else "settle"
        if how == "lost":
            raise NoProviderAnswer("never arrived")
        if key not in self.truth:
            answers: dict[str, ProviderAnswer] = {
                "decline": Declined("card_closed"), "busy": Declined("try_again_later"), "pending": Accepted()
            }  # fmt: skip
            self.truth[key], self.amounts[key] = answers.get(how, Paid(f"trace-{key}")), (reference, amount.minor)
        assert self.amounts[key] == (reference, amount.minor), f"{key} names another payment than before"
        if how == "silent":
            raise NoProviderAnswer("done, and the answer is lost")
        return self.truth[key]

    async def lookup(self, key: str) -> ProviderAnswer | None:
        """See `PaymentProvider.lookup`."""
        if self.away:
            raise NoProviderAnswer("away")
        return self.truth.get(key)

    def pays_late(self, references: Collection[str], chance: Random) -> None:
        """One of these payments that was accepted is paid, or one that was declined is paid after all."""
        unsure = [
            key
            for key, answer in self.truth.items()
            if self.amounts[key][0] in references and isinstance(answer, Accepted | Declined)
        ]
        if unsure:
            key = chance.choice(unsure)
            self.truth[key] = Paid("late") if chance.random() < 0.7 else Declined("late")

    def is_back(self) -> None:
        """The outage is over, and what was accepted is paid."""
        self.away = False
        self.plan.clear()
        for key, answer in self.truth.items():
            if isinstance(answer, Accepted):
                self.truth[key] = Paid("late")

    def paid_of(self, references: Collection[str]) -> dict[str, int]:
        """What has really left for each of these payments."""
        paid = dict.fromkeys(references, 0)
        for key, answer in self.truth.items():
            reference, minor = self.amounts[key]
            if reference in paid and isinstance(answer, Paid):
                paid[reference] += minor
        return paid


@dataclass
class MailServer:
    """Takes every mail, puts all of them off (450), or refuses them (554)."""

    answers: str = "250"
    at_once: int = 8
    taken: list[OutgoingMail] = field(default_factory=list)

    async def deliver(self, mail: OutgoingMail) -> DeliveryReceipt:
        """See `MailTransport.deliver`."""
        if self.answers == "450":
            return DeliveryReceipt(DeliveryOutcome.POSTPONED, "smtp_450")
        if self.answers == "554":
            return DeliveryReceipt(DeliveryOutcome.REFUSED, "smtp_554")
        self.taken.append(mail)
        return HANDED_OVER

    async def close(self) -> None:
        """See `MailTransport.close`."""


@dataclass
class WaitingQueue:
    """One consumer's queue. `late` is how many of the next deliveries stay behind those that follow."""

    subscription: Subscription
    bodies: deque[bytes] = field(default_factory=deque)
    handled: deque[bytes] = field(default_factory=lambda: deque(maxlen=20))
    held: list[bytes] = field(default_factory=list)
    late: int = 0


class RandomBus:
    """Keeps the promises of `Bus`, and no more: a walk says what is delivered again, late or out of order."""

    patience = 0.0

    def __init__(self) -> None:
        self.queues: list[WaitingQueue] = []
        self.told: list[Envelope] = []

    def subscribe(self, subscription: Subscription) -> None:
        self.queues.append(WaitingQueue(subscription))

    async def publish(self, messages: Sequence[Message]) -> int:
        for message in messages:
            self.told.append(Envelope.decode(message.body))
            for queue in self.queues:
                if noun_of(message.type) in queue.subscription.nouns:
                    queue.bodies.append(message.body)
        return len(messages)

    async def give_again(self, messages: Sequence[Message], service: str) -> int:
        for message in messages:
            for queue in self.queues:
                own = queue.subscription.queue.partition(".")[0] == service
                if own and noun_of(message.type) in queue.subscription.nouns:
                    queue.bodies.append(message.body)
        return len(messages)

    async def missing(self, queues: Sequence[str]) -> Sequence[str]:
        return [name for name in queues if name not in {queue.subscription.queue for queue in self.queues}]

    def collect_unrouted(self, known: Collection[str], note: NoteUnrouted) -> None:
        pass

    async def check(self) -> None:
        pass

    async def deliver(self) -> int:
        """Give everything that waits, one event at a time; how many events there were."""
        number = 0
        for queue in self.queues:
            while queue.bodies:
                body = queue.bodies.popleft()
                number += 1
                if queue.late:
                    queue.late -= 1
                    queue.held.append(body)
                    continue
                await queue.subscription.handle([body])
                queue.handled.append(body)
        return number

    def repeat(self, chance: Random) -> None:
        """A consumer gets an event that it has handled once more."""
        known = [queue for queue in self.queues if queue.handled]
        if known:
            queue = chance.choice(known)
            queue.bodies.append(chance.choice([*queue.handled]))

    def hold_back(self, chance: Random) -> None:
        """A consumer will get the next one or two events later than those that follow."""
        chance.choice(self.queues).late += chance.randint(1, 2)

    def let_go(self) -> None:
        """What was held back arrives."""
        for queue in self.queues:
            queue.bodies.extend(queue.held)
            queue.held.clear()
            queue.late = 0
