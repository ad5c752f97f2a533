"""What may be said to a customer: a reply is read and judged by its text and the facts of its case, before it is sent.

`text` and `patterns` read, `draft` and `facts` are what is judged, `checks` judges.
"""
