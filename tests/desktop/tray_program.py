"""A small real program with our tray icon, driven by lines on stdin; what happens to it goes to stdout as JSON lines.

show RRGGBB LABEL    a square of that colour, with a hole so that transparency shows too
burst N              N different pictures in a row, the last one green
menu TEXT            the second line of the menu reads TEXT now
host?                says {"has_host": ...}
quit
"""

from __future__ import annotations

import json
import sys
import threading
import time

from PIL import Image, ImageColor, ImageDraw

from usagetray.edges.tray.linux import Tray
from usagetray.views.menu import MenuLine

SIZES = (16, 22, 24, 32, 48, 64)


def square(colour: str) -> tuple[Image.Image, ...]:
    """A full square with a transparent hole and one row of white at the top, to see whether the panel scales it."""
    pictures = []
    for size in SIZES:
        picture = Image.new("RGBA", (size, size), ImageColor.getrgb(colour))
        draw = ImageDraw.Draw(picture)
        draw.rectangle((size // 3, size // 3, 2 * size // 3, 2 * size // 3), fill=(0, 0, 0, 0))
        draw.line((0, 0, size - 1, 0), fill=(255, 255, 255, 255))
        pictures.append(picture)
    return tuple(pictures)


def say(**fields: object) -> None:
    sys.stdout.write(json.dumps({**fields, "thread": threading.current_thread().name}) + "\n")
    sys.stdout.flush()


def main() -> None:
    second = ["Session_a  62 % used · resets 21:20"]
    opened = [0]

    def menu() -> tuple[MenuLine, ...]:
        opened[0] += 1
        say(menu_read=opened[0])
        return (
            MenuLine(text="Show usage", action="show", is_default=True),
            MenuLine(separator=True),
            MenuLine(text=second[0]),
            MenuLine(text="Show what is left", action="flip", checked=True),
            MenuLine(text="Snooze alerts", children=(MenuLine(text="1 hour", action="snooze_1h"),)),
            MenuLine(separator=True),
            MenuLine(text="Quit", action="quit"),
        )

    tray = Tray(
        on_activate=lambda x, y: say(activated=[x, y]),
        on_action=lambda verb: say(action=verb),
        menu=menu,
        on_host=lambda has_host: say(on_host=has_host),
        open_menu=lambda x, y, lines: say(open_menu=[x, y], lines=[line.text for line in lines]),
        on_brightness=lambda: say(is_light=tray.is_light),
        app_id="probe",
    )
    started = time.monotonic()
    tray.start()
    say(started_in=time.monotonic() - started)
    for line in sys.stdin:
        verb, _, rest = line.strip().partition(" ")
        if verb == "show":
            colour, _, label = rest.partition(" ")
            tray.show(square(colour), "Probe", "Claude: <1 % & rising\nsecond line", label or None)
        elif verb == "burst":
            for step in range(int(rest) - 1):
                tray.show(square(f"#{step:02x}00ff"), "Probe", f"step {step}", None)
            tray.show(square("#00c000"), "Probe", "done", None)
        elif verb == "menu":
            second[0] = rest
            tray.menu_changed()
        elif verb == "host?":
            say(has_host=tray.has_host())
        elif verb == "quit":
            break
    started = time.monotonic()
    tray.stop()
    say(stopped_in=time.monotonic() - started)


if __name__ == "__main__":
    main()
