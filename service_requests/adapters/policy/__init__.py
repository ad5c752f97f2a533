"""Policy, law and calendar documents read and written; published versions in their table; the rulebook kept ready."""
