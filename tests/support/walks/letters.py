"""What was written about the letters of a walk, commit by commit, and whether they left in the right order (Z30)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from service_notifications.adapters.messages.message_rows import message_of_row
from service_notifications.adapters.tables import messages
from service_notifications.domain.messages.message import Message
from service_notifications.domain.messages.message_order import TRIED, in_order, overtaker_of
from shared.database.work import Work


@dataclass(slots=True)
class LetterBook:
    """Every message as each commit left it, with the number of the commit."""

    entries: list[tuple[int, Message]] = field(default_factory=list)
    commits: int = 0

    def note(self, work: Work) -> None:
        """A unit of work of `service_notifications` was committed."""
        self.commits += 1
        for root in work.roots:
            if root.table is messages:
                self.entries.append((self.commits, message_of_row(root.values)))

    def line(self, return_id: str, commit: int) -> Sequence[Message]:
        """The messages of a return as they were after this commit, in order."""
        known = {
            message.id: message
            for number, message in self.entries
            if number <= commit and message.return_id == return_id
        }
        return in_order(known.values())

    def departure(self, message_id: str) -> int:
        """The commit that began the attempt with which the letter left."""
        history = [(number, message) for number, message in self.entries if message.id == message_id]
        tries = len(history[-1][1].attempts)
        return next(number for number, message in history if len(message.attempts) == tries)

    def wrong_departures(self, return_id: str, left: Iterable[str]) -> Sequence[str]:
        """What the table of kinds says against the letters that left: `untrue` and `overtook`, each with both letters.

        An attempt that had begun when the later fact came is not called back.
        """
        found = []
        for message_id in left:
            line = self.line(return_id, self.departure(message_id))
            message = next(each for each in line if each.id == message_id)
            other = overtaker_of(message, line)
            if other is not None:
                found.append(f"untrue: {_named(message)} left after {_named(other)}")
            found += [
                f"overtook: {_named(message)} left before {_named(each)}, which was {each.status}"
                for each in line[: line.index(message)]
                if each.status in TRIED
            ]
        return found


def _named(message: Message) -> str:
    return f"{message.kind} {message.id} (place {message.place})"
