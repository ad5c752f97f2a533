"""Documents of customer care."""
