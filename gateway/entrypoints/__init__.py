"""Where the outside comes in: the gateway's own routes and pages, and its loops."""
