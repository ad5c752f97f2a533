"""Routes and views of returns."""
