"""usagetray: how much of your AI plans is left, when it comes back, what it has cost."""

__version__ = "0.1.0"
__all__ = ["__version__", "log_usage"]

TYPE_CHECKING = False  # type checkers take it for true; the module `typing` would cost the status line milliseconds
if TYPE_CHECKING:
    from usagetray.recording import log_usage


def __getattr__(name: str) -> object:
    """`usagetray.log_usage` is imported when it is first asked for: importing usagetray alone costs nothing."""
    if name == "log_usage":
        from usagetray.recording import log_usage

        globals()[name] = log_usage
        return log_usage
    raise AttributeError(f"module 'usagetray' has no attribute {name!r}")
