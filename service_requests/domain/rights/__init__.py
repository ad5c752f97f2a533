"""What may be returned: law, policy, promise and goodwill weighed for each unit, as pure functions over values."""
