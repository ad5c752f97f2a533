"""Policy, law and calendar documents read and written; rows of published versions; the rulebook in memory."""
