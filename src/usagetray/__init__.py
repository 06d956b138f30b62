"""usagetray: how much of your AI plans is left, when it comes back, what it has cost."""

__version__ = "0.1.0"
