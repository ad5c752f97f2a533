"""The phrases that the checks look for, in both languages, as data; `phrase_search` says how a phrase is written."""
