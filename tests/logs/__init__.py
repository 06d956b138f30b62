"""What the tests of the log indexer share: lines of Claude Code's logs, a desk they lie on, and a second count."""
