"""Routes of review: approval and refusal."""
