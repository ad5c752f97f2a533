"""Files that people send as evidence: storage, checks of their contents, and links to them."""
