"""Asks the X server where panels are: what window managers and panels of X11 tell each other (EWMH, GTK's work areas).

By XCB and not by Xlib, whose answer to a window that has gone meanwhile is to end the process.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from contextlib import suppress

from usagetray.views.popup.panels import Taken, struts_of
from usagetray.views.popup.placing import Box

CLIENTS, PARTIAL, WHOLE, AREAS = "_NET_CLIENT_LIST", "_NET_WM_STRUT_PARTIAL", "_NET_WM_STRUT", "_GTK_WORKAREAS_D0"
MOST = 4096  # numbers of a property, and so windows, that are read


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class _Screen(ctypes.Structure):
    """The beginning of xcb_screen_t."""

    _fields_ = (
        *((name, ctypes.c_uint32) for name in ("root", "colormap", "white", "black", "masks")),
        *((name, ctypes.c_uint16) for name in ("width", "height")),
    )


class _Screens(ctypes.Structure):
    _fields_ = (("first", ctypes.POINTER(_Screen)), ("rest", ctypes.c_int), ("index", ctypes.c_int))


class _Atom(ctypes.Structure):
    _fields_ = (("head", ctypes.c_uint8 * 8), ("atom", ctypes.c_uint32))


class _Property(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_uint8) for name in ("kind", "format")),
        ("sequence", ctypes.c_uint16),
        *((name, ctypes.c_uint32) for name in ("length", "type", "rest", "count")),
        ("pad", ctypes.c_uint8 * 12),
    )


def taken_on_x11() -> Taken | None:
    """None where there is no X server, or nobody on it tells of panels."""
    try:
        xcb, libc = ctypes.CDLL("libxcb.so.1"), ctypes.CDLL(None)
    except OSError:
        return None
    _declare(xcb, libc)
    connection = xcb.xcb_connect(None, None)
    try:
        if xcb.xcb_connection_has_error(connection):
            return None
        return _Asked(xcb, libc, connection).taken()
    finally:
        xcb.xcb_disconnect(connection)


def _declare(xcb: ctypes.CDLL, libc: ctypes.CDLL) -> None:
    pointer, number, short, byte = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint16, ctypes.c_uint8
    declared = (
        (xcb.xcb_connect, pointer, (ctypes.c_char_p, pointer)),
        (xcb.xcb_connection_has_error, ctypes.c_int, (pointer,)),
        (xcb.xcb_disconnect, None, (pointer,)),
        (xcb.xcb_get_setup, pointer, (pointer,)),
        (xcb.xcb_setup_roots_iterator, _Screens, (pointer,)),
        (xcb.xcb_intern_atom, _Cookie, (pointer, byte, short, ctypes.c_char_p)),
        (xcb.xcb_intern_atom_reply, ctypes.POINTER(_Atom), (pointer, _Cookie, pointer)),
        (xcb.xcb_get_property, _Cookie, (pointer, byte, number, number, number, number, number)),
        (xcb.xcb_get_property_reply, ctypes.POINTER(_Property), (pointer, _Cookie, pointer)),
        (xcb.xcb_get_property_value, ctypes.POINTER(ctypes.c_uint32), (ctypes.POINTER(_Property),)),
        (libc.free, None, (pointer,)),
    )
    for function, result, arguments in declared:
        function.restype, function.argtypes = result, arguments


class _Asked:
    """One conversation: every question of a round is sent before the first answer is waited for."""

    def __init__(self, xcb: ctypes.CDLL, libc: ctypes.CDLL, connection: int) -> None:
        self._xcb, self._libc, self._connection = xcb, libc, connection

    def taken(self) -> Taken | None:
        screen = self._xcb.xcb_setup_roots_iterator(self._xcb.xcb_get_setup(self._connection)).first.contents
        atoms = self._atoms((CLIENTS, PARTIAL, WHOLE, AREAS))
        clients, areas = self._numbers([(screen.root, atoms[CLIENTS]), (screen.root, atoms[AREAS])])
        asked = [(window, atoms[name]) for window in clients for name in (PARTIAL, WHOLE)]
        told = self._numbers(asked)
        struts = [
            strut
            for partial, whole in zip(told[::2], told[1::2], strict=True)
            for strut in struts_of(partial if len(partial) >= 12 else whole[:4], screen.width, screen.height)
        ]
        fours = [areas[at : at + 4] for at in range(0, len(areas) - 3, 4)]
        boxes = tuple(Box(x=x, y=y, width=width, height=height) for x, y, width, height in fours)
        if not struts and not boxes:
            return None
        return Taken(width=screen.width, height=screen.height, struts=tuple(struts), areas=boxes)

    def _atoms(self, names: Sequence[str]) -> dict[str, int]:
        """By name; 0 for one that nobody uses here."""
        cookies = [self._xcb.xcb_intern_atom(self._connection, 1, len(name), name.encode()) for name in names]
        replies = [self._xcb.xcb_intern_atom_reply(self._connection, cookie, None) for cookie in cookies]
        found = [int(reply.contents.atom) if reply else 0 for reply in replies]
        self._free(replies)
        return dict(zip(names, found, strict=True))

    def _numbers(self, asked: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
        """The numbers of each (window, property); none where it has no such property, or has gone."""
        anything = 0
        cookies = [
            self._xcb.xcb_get_property(self._connection, 0, window, name, anything, 0, MOST) if name else None
            for window, name in asked
        ]
        replies = [
            self._xcb.xcb_get_property_reply(self._connection, cookie, None) if cookie else None for cookie in cookies
        ]
        found = [self._read(reply) for reply in replies]
        self._free(replies)
        return found

    def _read(self, reply: object) -> tuple[int, ...]:
        with suppress(AttributeError, ValueError):  # no reply: None, or a pointer to nothing
            answer = reply.contents  # type: ignore[attr-defined]
            if answer.format == 32:
                values = self._xcb.xcb_get_property_value(reply)
                return tuple(int(values[at]) for at in range(answer.count))
        return ()

    def _free(self, replies: Iterable[object]) -> None:
        for reply in replies:
            if reply:
                self._libc.free(reply)
