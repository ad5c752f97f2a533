"""Special cases: their playbooks, and which playbooks a case needs."""
