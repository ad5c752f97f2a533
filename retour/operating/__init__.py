"""Operating a running Retour: the doctor, dead letters, events as they happen."""
