"""Routes of refunds and of the payment simulator; the jobs that pay and inquire."""
