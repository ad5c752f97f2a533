"""Looking after a running Retour: doctor, dead letters, the events as they pass."""
