"""The settings window: what can be set as rows of data (`pages.py`), a small widget for each kind, and the window."""
