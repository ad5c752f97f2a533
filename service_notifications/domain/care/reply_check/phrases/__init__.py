"""The phrases that the checks search for, in both languages, as data. `phrase_search` describes the notation."""
