"""Routes of messages and the jobs that deliver."""
