"""What is owed: the paid order, the request and the policy become an itemised refund."""
