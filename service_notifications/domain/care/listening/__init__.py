"""Detection of a customer's signals and of an agent's promises."""
