"""How things are kept: a unit of work is data, and one group committer a process commits it."""
