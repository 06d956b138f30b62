"""Asks the X server where panels are: window managers and panels tell each other (EWMH, and GTK's work areas)."""

from __future__ import annotations

from usagetray.views.popup.panels import Taken, struts_of
from usagetray.views.popup.placing import Box
from usagetray.views.popup.x11 import Conversation, conversation

CLIENTS, PARTIAL, WHOLE, AREAS = "_NET_CLIENT_LIST", "_NET_WM_STRUT_PARTIAL", "_NET_WM_STRUT", "_GTK_WORKAREAS_D0"


def taken_on_x11() -> Taken | None:
    """None where there is no X server, or nobody on it tells of panels."""
    with conversation() as server:
        return _taken(server) if server is not None else None


def _taken(server: Conversation) -> Taken | None:
    atoms, (width, height) = server.atoms((CLIENTS, PARTIAL, WHOLE, AREAS)), server.size
    clients, areas = server.numbers([(server.root, atoms[CLIENTS]), (server.root, atoms[AREAS])])
    told = server.numbers([(window, atoms[name]) for window in clients for name in (PARTIAL, WHOLE)])
    struts = [
        strut
        for partial, whole in zip(told[::2], told[1::2], strict=True)
        for strut in struts_of(partial if len(partial) >= 12 else whole[:4], width, height)
    ]
    fours = [areas[at : at + 4] for at in range(0, len(areas) - 3, 4)]
    boxes = tuple(Box(x=x, y=y, width=wide, height=high) for x, y, wide, high in fours)
    if not struts and not boxes:
        return None
    return Taken(width=width, height=height, struts=tuple(struts), areas=boxes)
