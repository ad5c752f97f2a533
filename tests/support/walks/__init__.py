"""Random walks of whole returns through the whole product in one process."""
