"""Questions that are answered from files, without a server: policies, refunds, replies."""
