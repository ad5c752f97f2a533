"""How a customer is reached and addressed."""
