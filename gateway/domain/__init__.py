"""Who may come in: accounts, keys, sessions and the entrances that are the gateway's own."""
