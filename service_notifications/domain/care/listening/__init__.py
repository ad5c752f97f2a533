"""What a text says between people: a customer's signals, an agent's promises."""
