"""Picks what runs: the tray, the popup, or a verb; and imports only that."""

from __future__ import annotations

import sys


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] == ["statusline"]:
        # Claude Code waits for this one after every answer: nothing but the helper is imported.
        from usagetray.statusline import main as statusline

        return statusline(arguments[1:])
    if arguments[:1] == ["popup"]:
        _watch("popup")
        from usagetray.views.popup.process import main as popup

        return popup(arguments[1:])
    if arguments[:1] in (["bar"], ["status"], ["report"], ["index"]):
        return _in_a_hurry(arguments)
    from usagetray.views.cli import main as cli

    return cli(arguments)


def _watch(process: str) -> None:
    """Writes down what nobody catches: for a process that keeps no log."""
    import os

    from usagetray.edges.crashes import watch_uncaught
    from usagetray.edges.files import paths

    watch_uncaught(paths(os.environ), process)


def _in_a_hurry(arguments: list[str]) -> int:
    """For verbs that are over at once, and that a status bar may run all day.

    A fifth of their time would go into collecting and taking apart what the end of the process frees anyway.
    """
    import gc
    import os

    gc.disable()
    from usagetray.views.cli import main as cli

    status = cli(arguments)  # has written everything out, and holds nothing open
    os._exit(status)


if __name__ == "__main__":
    sys.exit(main())
