"""Use cases of eligibility: a draft policy is tried on past requests."""
