"""The checks of the service norms, a module for each norm; `check_table` lists them all."""
