"""Case and record documents read and written."""
