"""Use cases of inspection: scans are counted, units are decided, overdue goods are noticed."""
