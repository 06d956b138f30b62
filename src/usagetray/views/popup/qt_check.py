"""Whether Qt can be loaded here, found out by loading it: `python -m usagetray.views.popup.qt_check xcb|wayland`.

A process of its own, because a library that is broken enough takes its process along. Opens no window and speaks to
no display. Prints one JSON object: the versions, and the system libraries that are not there.
"""

from __future__ import annotations

import ctypes
import json
import re
import sys
from pathlib import Path

LIBRARY = re.compile(r"\blib[\w.+-]+\.so(?:\.\d+)*")
WANTED = (
    "libEGL.so.1",
    "libGL.so.1",
    "libglib-2.0.so.0",
    "libfontconfig.so.1",
    "libdbus-1.so.3",
    "libxkbcommon.so.0",
)
WANTED_BY = {
    "xcb": (
        "libX11-xcb.so.1",
        "libxkbcommon-x11.so.0",
        "libxcb-cursor.so.0",
        "libxcb-icccm.so.4",
        "libxcb-image.so.0",
        "libxcb-keysyms.so.1",
        "libxcb-randr.so.0",
        "libxcb-render-util.so.0",
        "libxcb-shape.so.0",
        "libxcb-xkb.so.1",
    ),
    "wayland": ("libwayland-client.so.0", "libwayland-cursor.so.0"),
}
"""What the parts of Qt we use link to, besides what every desktop has. Asked for only where something is missing."""


def main(platform: str) -> None:
    print(json.dumps(looked(platform)))  # noqa: T201 - the answer


def looked(platform: str) -> dict[str, object]:
    found: dict[str, object] = {"qt": None, "error": None, "missing": []}
    try:
        import PySide6.QtCore
        import PySide6.QtWidgets

        found["qt"] = PySide6.QtCore.qVersion()
        plugins = Path(PySide6.QtCore.QLibraryInfo.path(PySide6.QtCore.QLibraryInfo.LibraryPath.PluginsPath))
        ctypes.CDLL(str(plugins / "platforms" / f"libq{platform}.so"))
    except ModuleNotFoundError as error:
        found["error"] = "no PySide6" if (error.name or "").startswith("PySide6") else "broken"
    except (ImportError, OSError) as error:
        names = LIBRARY.findall(str(error).split(": cannot open")[0])
        lacking = [each for each in (*WANTED, *WANTED_BY.get(platform, ())) if not _loads(each)]
        found["missing"] = sorted({*names[-1:], *lacking} if "cannot open shared object" in str(error) else lacking)
        found["error"] = "library" if found["missing"] else "broken"
    return found


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1])
