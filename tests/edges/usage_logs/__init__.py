"""Tests of reading logs: files, lines, and what may stand in their way."""
