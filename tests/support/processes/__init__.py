"""What other processes import in a test: schemathesis, and a Retour whose processes are forks."""
