"""Why a policy cannot be published: the place in the document, the reason, and the clause that it breaks."""

from dataclasses import dataclass

from shared.kernel.errors import Said

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """`place` is the path in the document; `rule` is an article of law or the name of a check."""

    place: Place
    rule: str
    says: Said
