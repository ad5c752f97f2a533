"""Use cases of eligibility: a request is assessed without effect; a draft policy is tried on past requests."""
