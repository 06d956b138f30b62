"""The icon on the bus: org.kde.StatusNotifierItem."""

# No postponed annotations here: dbus-fast reads the signatures from them, and stumbles over a quoted "None".

import html
from collections.abc import Callable
from typing import Annotated

from dbus_fast import PropertyAccess
from dbus_fast.annotations import DBusBool, DBusInt32, DBusObjectPath, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from usagetray.edges.tray.pixmaps import Pixmap
from usagetray.quick_dataclass import dataclass

INTERFACE = "org.kde.StatusNotifierItem"
MENU_PATH = "/MenuBar"
WIDEST_LABEL = "100 %"
"""Hosts reserve this much room, so that the panel does not move with each percent."""
READ = PropertyAccess.READ
Pixmaps = Annotated[list[list[object]], DBusSignature("a(iiay)")]
ToolTip = Annotated[list[object], DBusSignature("(sa(iiay)ss)")]
Label = Annotated[tuple[str, str], DBusSignature("ss")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """All of the icon that can be seen without opening its menu."""

    pixmaps: tuple[Pixmap, ...] = ()
    title: str = ""
    tooltip: str = ""
    label: str | None = None  # the text beside the icon; None: no text


class StatusNotifierItem(ServiceInterface):
    """One connection's item. `on_activate(x, y)` is called on the bus thread."""

    def __init__(self, *, app_id: str, face: Face, on_activate: Callable[[int, int], None]) -> None:
        super().__init__(INTERFACE)
        self._app_id = app_id
        self._face = face
        self._on_activate = on_activate

    def wear(self, face: Face) -> None:
        """Show this face; says only what changed."""
        former, self._face = self._face, face
        if face.pixmaps != former.pixmaps:
            self.new_icon()
        if face.title != former.title:
            self.new_title()
        if (face.title, face.tooltip) != (former.title, former.tooltip):
            self.new_tool_tip()
        if face.label != former.label:
            self.new_label()

    # ---- what it is -----------------------------------------------------------------------------------------

    @dbus_property(access=READ, name="Category")
    def category(self) -> DBusStr:
        return "ApplicationStatus"

    @dbus_property(access=READ, name="Id")
    def id(self) -> DBusStr:
        return self._app_id

    @dbus_property(access=READ, name="Title")
    def title(self) -> DBusStr:
        return self._face.title

    @dbus_property(access=READ, name="Status")
    def status(self) -> DBusStr:
        return "Active"

    @dbus_property(access=READ, name="WindowId")
    def window_id(self) -> DBusInt32:
        return 0

    @dbus_property(access=READ, name="ItemIsMenu")
    def item_is_menu(self) -> DBusBool:
        return False

    @dbus_property(access=READ, name="Menu")
    def menu(self) -> DBusObjectPath:
        return MENU_PATH

    # ---- what it looks like ---------------------------------------------------------------------------------

    @dbus_property(access=READ, name="IconName")
    def icon_name(self) -> DBusStr:
        return ""  # a name would win over the picture

    @dbus_property(access=READ, name="IconThemePath")
    def icon_theme_path(self) -> DBusStr:
        return ""

    @dbus_property(access=READ, name="IconPixmap")
    def icon_pixmap(self) -> Pixmaps:
        return [pixmap.wire for pixmap in self._face.pixmaps]

    @dbus_property(access=READ, name="OverlayIconName")
    def overlay_icon_name(self) -> DBusStr:
        return ""

    @dbus_property(access=READ, name="OverlayIconPixmap")
    def overlay_icon_pixmap(self) -> Pixmaps:
        return []

    @dbus_property(access=READ, name="AttentionIconName")
    def attention_icon_name(self) -> DBusStr:
        return ""

    @dbus_property(access=READ, name="AttentionIconPixmap")
    def attention_icon_pixmap(self) -> Pixmaps:
        return []

    @dbus_property(access=READ, name="AttentionMovieName")
    def attention_movie_name(self) -> DBusStr:
        return ""

    @dbus_property(access=READ, name="ToolTip")
    def tool_tip(self) -> ToolTip:
        # The description may carry markup, so hosts read "<1 %" as the start of a tag.
        return ["", [], self._face.title, html.escape(self._face.tooltip, quote=False)]

    @dbus_property(access=READ, name="XAyatanaLabel")
    def ayatana_label(self) -> DBusStr:
        return self._face.label or ""

    @dbus_property(access=READ, name="XAyatanaLabelGuide")
    def ayatana_label_guide(self) -> DBusStr:
        return self._guide()

    @dbus_property(access=READ, name="XAyatanaOrderingIndex")
    def ayatana_ordering_index(self) -> DBusUInt32:
        return 0

    # ---- what the user does ---------------------------------------------------------------------------------

    @dbus_method(name="Activate")
    def activate(self, x: DBusInt32, y: DBusInt32) -> None:
        self._on_activate(x, y)

    @dbus_method(name="SecondaryActivate")
    def secondary_activate(self, x: DBusInt32, y: DBusInt32) -> None:
        self._on_activate(x, y)

    @dbus_method(name="ContextMenu")
    def context_menu(self, x: DBusInt32, y: DBusInt32) -> None:
        """The host shows the menu it gets from `MENU_PATH`; hosts that ask us to show one get none."""

    @dbus_method(name="Scroll")
    def scroll(self, delta: DBusInt32, orientation: DBusStr) -> None:
        """Means nothing here; without the method hosts log an error per turn of the wheel."""

    # ---- what changed ---------------------------------------------------------------------------------------

    @dbus_signal(name="NewIcon")
    def new_icon(self) -> None: ...

    @dbus_signal(name="NewTitle")
    def new_title(self) -> None: ...

    @dbus_signal(name="NewToolTip")
    def new_tool_tip(self) -> None: ...

    @dbus_signal(name="XAyatanaNewLabel")
    def new_label(self) -> Label:
        return self._face.label or "", self._guide()

    def _guide(self) -> str:
        return max((self._face.label or "", WIDEST_LABEL), key=len) if self._face.label else ""
