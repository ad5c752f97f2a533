"""`retour doctor`: examines everything that a Retour depends on, and changes nothing.

Each finding says what is wrong and what to do.
"""
