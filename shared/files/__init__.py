"""The files that people send as evidence: where they are kept, what is accepted, and links to them."""
