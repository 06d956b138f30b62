"""Reading the logs that vendors' tools keep: which there are, what is new in them, and what it tells."""
