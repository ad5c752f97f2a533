"""Special cases: their playbooks, and which of them a case calls for."""
