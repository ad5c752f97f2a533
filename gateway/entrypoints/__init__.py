"""The gateway's own routes and pages."""
