"""The checks of the service norms, a module for each norm; `reply/table.py` lists them all."""
