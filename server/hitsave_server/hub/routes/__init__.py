"""The routes of the protocol, one file a subject: each reads its request, asks, and says the answer."""
