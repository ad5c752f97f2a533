"""Cases and recorded decisions as documents: strict reading, and writing that reads back the same (B10, R1.2)."""

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
    """A decision with its inputs; `decision` are the canonical bytes of the decision."""

    named_case: NamedCase
    policies: tuple[Policy, ...]
    decision: bytes


def read_case(raw: bytes) -> NamedCase:
    """A case. Raises `InvalidDocument`."""
    return _named_case(shape_of(read_text(raw, LIMITS), CaseShape))


def read_record(raw: bytes) -> DecisionRecord:
    """A recorded decision. Raises `InvalidDocument`."""
    shape = shape_of(read_text(raw, LIMITS_OF_A_RECORD), RecordShape)
    policies = tuple(policy.build() for policy in shape.policies)
    return DecisionRecord(_named_case(shape.case), policies, shape.decision.encode("utf-8"))


def write_record(named_case: NamedCase, policies: Sequence[Policy], decision: Decision) -> str:
    """The decision with all its inputs, as YAML."""
    case = {"case": named_case.name, "at": named_case.at.isoformat(), **document_of(named_case.case)}
    text = decision.to_bytes().decode("utf-8")
    return yaml_of({"record": "decision", "case": case, "policies": document_of(tuple(policies)), "decision": text})


def _named_case(shape: CaseShape) -> NamedCase:
    return NamedCase(shape.case, shape.build(), shape.at)
