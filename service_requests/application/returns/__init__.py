"""Use cases of returns: a request is made, other services' facts are followed, a deadline passes."""
