"""From an order and a request to a decision: the case, the rules, the decision, its explanation."""
