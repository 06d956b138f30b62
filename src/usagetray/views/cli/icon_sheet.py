"""`usagetray icon-sheet FILE.png`: every state and size of the icon in one picture."""

from __future__ import annotations

import argparse

from usagetray.errors import UserError
from usagetray.views.cli import out


def run(arguments: argparse.Namespace) -> int:
    from usagetray.views.icon.sheet import write_icon_sheet  # deferred: Pillow

    if arguments.file.suffix.lower() != ".png":
        raise UserError(f"The picture is a PNG: name a file ending in .png, not {str(arguments.file)!r}.")
    try:
        write_icon_sheet(arguments.file)
    except OSError as error:
        raise UserError(f"{arguments.file} cannot be written ({error.strerror or 'no reason given'}).") from None
    out(f"Written: {arguments.file}")
    return 0
