"""Cases and recorded decisions as documents: read strictly, written so that they read the same (B10, R1.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service_requests.adapters.eligibility.case_models import CaseShape, RecordShape
from service_requests.adapters.policy.document_writer import document_of, yaml_of
from service_requests.adapters.policy.policy_documents import LIMITS, LIMITS_OF_A_RECORD, shape_of
from service_requests.domain.eligibility.case import Case
from service_requests.domain.eligibility.decision import Decision
from service_requests.domain.policy.policy import Policy
from shared.documents.document import read_text


@dataclass(frozen=True, slots=True)
class NamedCase:
    """A case with the moment at which it is decided."""

    name: str
    case: Case
    at: datetime


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision with what it was made from; `decision` are its canonical bytes."""

    question: NamedCase
    policies: tuple[Policy, ...]
    decision: bytes


def read_case(raw: bytes) -> NamedCase:
    """A case. Raises `InvalidDocument`."""
    return _question(shape_of(read_text(raw, LIMITS), CaseShape))


def read_record(raw: bytes) -> DecisionRecord:
    """A recorded decision. Raises `InvalidDocument`."""
    shape = shape_of(read_text(raw, LIMITS_OF_A_RECORD), RecordShape)
    policies = tuple(policy.build() for policy in shape.policies)
    return DecisionRecord(_question(shape.case), policies, shape.decision.encode("utf-8"))


def write_record(question: NamedCase, policies: Sequence[Policy], decision: Decision) -> str:
    """The decision with everything it was made from, as YAML."""
    case = {"case": question.name, "at": question.at.isoformat(), **document_of(question.case)}
    text = decision.to_bytes().decode("utf-8")
    return yaml_of({"record": "decision", "case": case, "policies": document_of(tuple(policies)), "decision": text})


def _question(shape: CaseShape) -> NamedCase:
    return NamedCase(shape.case, shape.build(), shape.at)
