"""Who may use Retour: accounts, keys, sessions and the gateway's own operations."""
