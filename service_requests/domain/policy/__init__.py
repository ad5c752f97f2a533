"""Laws and policies as documents: their words, checks, public page and publication."""
