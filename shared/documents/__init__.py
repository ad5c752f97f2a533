"""Documents that people write for Retour: read once, strictly; errors name their place in the text."""
