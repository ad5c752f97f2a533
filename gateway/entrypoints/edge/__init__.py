"""The API's documents, health, and the record of refusals."""
