"""The words the checks look for, in both languages, as data; how a phrase is written is said in `reply/patterns.py`."""
