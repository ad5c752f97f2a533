"""What people write for Retour in files: read once, strictly, and answered with the place of what is wrong."""
