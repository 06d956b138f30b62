"""Judgements: pure functions of their arguments; no clock, disk, network or log in here."""
