"""The checks of the service norms, one module for each norm. `check_table` lists all of them."""
