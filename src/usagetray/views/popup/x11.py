"""A conversation with the X server: what windows and the root of the screen say of themselves.

By XCB and not by Xlib, whose answer to a window that has gone meanwhile is to end the process.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

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


class _OneNumber(ctypes.Structure):
    """The answer to what an atom is, and to whose a selection is."""

    _fields_ = (("head", ctypes.c_uint8 * 8), ("number", ctypes.c_uint32))


class _Property(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_uint8) for name in ("kind", "format")),
        ("sequence", ctypes.c_uint16),
        *((name, ctypes.c_uint32) for name in ("length", "type", "rest", "count")),
        ("pad", ctypes.c_uint8 * 12),
    )


@contextmanager
def conversation() -> Iterator[Conversation | None]:
    """None where there is no X server."""
    try:
        xcb, libc = ctypes.CDLL("libxcb.so.1"), ctypes.CDLL(None)
    except OSError:
        yield None
        return
    _declare(xcb, libc)
    connection = xcb.xcb_connect(None, None)
    try:
        yield None if xcb.xcb_connection_has_error(connection) else Conversation(xcb, libc, connection)
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
        (xcb.xcb_intern_atom_reply, ctypes.POINTER(_OneNumber), (pointer, _Cookie, pointer)),
        (xcb.xcb_get_selection_owner, _Cookie, (pointer, number)),
        (xcb.xcb_get_selection_owner_reply, ctypes.POINTER(_OneNumber), (pointer, _Cookie, pointer)),
        (xcb.xcb_get_property, _Cookie, (pointer, byte, number, number, number, number, number)),
        (xcb.xcb_get_property_reply, ctypes.POINTER(_Property), (pointer, _Cookie, pointer)),
        (xcb.xcb_get_property_value, ctypes.c_void_p, (ctypes.POINTER(_Property),)),
        (libc.free, None, (pointer,)),
    )
    for function, result, arguments in declared:
        function.restype, function.argtypes = result, arguments


class Conversation:
    """Every question of a round is sent before the first answer is waited for."""

    def __init__(self, xcb: ctypes.CDLL, libc: ctypes.CDLL, connection: int) -> None:
        self._xcb, self._libc, self._connection = xcb, libc, connection
        screen = xcb.xcb_setup_roots_iterator(xcb.xcb_get_setup(connection)).first.contents
        self.root: int = screen.root
        self.size: tuple[int, int] = (screen.width, screen.height)

    def atoms(self, names: Sequence[str]) -> dict[str, int]:
        """By name; 0 for one that nobody uses here."""
        cookies = [self._xcb.xcb_intern_atom(self._connection, 1, len(name), name.encode()) for name in names]
        replies = [self._xcb.xcb_intern_atom_reply(self._connection, cookie, None) for cookie in cookies]
        found = [int(reply.contents.number) if reply else 0 for reply in replies]
        self._free(replies)
        return dict(zip(names, found, strict=True))

    def owner(self, selection: int) -> int:
        """The window that owns a selection; 0 where nobody does."""
        cookie = self._xcb.xcb_get_selection_owner(self._connection, selection)
        reply = self._xcb.xcb_get_selection_owner_reply(self._connection, cookie, None)
        found = int(reply.contents.number) if reply else 0
        self._free([reply])
        return found

    def numbers(self, asked: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
        """The numbers of each (window, property); none where it has no such property, or has gone."""
        return [tuple(memoryview(each).cast("I")) if form == 32 else () for form, each in self._properties(asked)]

    def octets(self, window: int, name: int) -> bytes:
        """The bytes of a property; none where it has no such property, or has gone."""
        ((form, found),) = self._properties([(window, name)])
        return found if form == 8 else b""

    def _properties(self, asked: Sequence[tuple[int, int]]) -> list[tuple[int, bytes]]:
        """The bits of one item, and all of them."""
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

    def _read(self, reply: object) -> tuple[int, bytes]:
        with suppress(AttributeError, ValueError):  # no reply: None, or a pointer to nothing
            answer = reply.contents  # type: ignore[attr-defined]
            length = answer.count * answer.format // 8
            return answer.format, ctypes.string_at(self._xcb.xcb_get_property_value(reply), length)
        return 0, b""

    def _free(self, replies: Iterable[object]) -> None:
        for reply in replies:
            if reply:
                self._libc.free(reply)
