"""What a unit of work needs around its repositories: its own transaction, and what happens after its commit."""
