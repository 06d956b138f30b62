"""The icon's menu on the bus: com.canonical.dbusmenu, version 3.

A pystray menu is read into `Row`s (what it says now), and `MenuTree` gives them ids. While the shape stays, ids
stay, and only changed properties are announced; a new shape gets new ids, because hosts keep properties by id.
"""

# No postponed annotations here: dbus-fast reads the signatures from them, and stumbles over a quoted "None".

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import field
from typing import Annotated, Any

from dbus_fast import DBusError, ErrorType, PropertyAccess, Variant
from dbus_fast.annotations import (
    DBusBool,
    DBusInt32,
    DBusSignature,
    DBusStr,
    DBusUInt32,
    DBusVariant,
)
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from usagetray.edges.tray.base import Menu
from usagetray.quick_dataclass import dataclass

INTERFACE = "com.canonical.dbusmenu"
SIGNATURES = {bool: "b", int: "i", str: "s"}
Properties = dict[str, str | int | bool]
Layout = Annotated[list[Any], DBusSignature("(ia{sv}av)")]
ItemProperties = Annotated[list[list[Any]], DBusSignature("a(ia{sv})")]
Ids = Annotated[list[int], DBusSignature("ai")]
Names = Annotated[list[str], DBusSignature("as")]
Events = Annotated[list[list[Any]], DBusSignature("a(isvu)")]
LayoutAnswer = Annotated[tuple[int, list[Any]], DBusSignature("u(ia{sv}av)")]
UpdatesAnswer = Annotated[tuple[list[int], list[int]], DBusSignature("aiai")]
PropertiesUpdate = Annotated[tuple[list[Any], list[Any]], DBusSignature("a(ia{sv})a(ias)")]
LayoutUpdate = Annotated[tuple[int, int], DBusSignature("ui")]
Activation = Annotated[tuple[int, int], DBusSignature("iu")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one line of the menu says, and what choosing it does."""

    properties: Properties
    children: tuple["Row", ...] = ()
    choose: Callable[[], object] | None = field(default=None, compare=False)


def escaped(text: str) -> str:
    """A single underscore would mark the next letter as the key to press."""
    return text.replace("_", "__")


def rows_of(menu: Any, icon: Any) -> tuple[Row, ...]:
    """A pystray menu as it reads now. Runs the application's callables: not for the bus thread."""
    return tuple(_row(item, icon) for item in menu or ())


def _row(item: Any, icon: Any) -> Row:
    if item is Menu.SEPARATOR:
        return Row(properties={"type": "separator"})
    properties: Properties = {"label": escaped(item.text)}
    if not item.enabled:
        properties["enabled"] = False
    if item.checked is not None:
        properties["toggle-type"] = "radio" if item.radio else "checkmark"
        properties["toggle-state"] = int(item.checked)
    if item.submenu:
        properties["children-display"] = "submenu"
        return Row(properties=properties, children=rows_of(item.submenu, icon))
    return Row(properties=properties, choose=lambda: item(icon))


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    id: int
    row: Row
    children: tuple["Node", ...] = ()

    def walk(self) -> Iterator["Node"]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a host must be told after the rows were replaced."""

    layout: bool = False
    updated: tuple[tuple[int, Properties], ...] = ()
    removed: tuple[tuple[int, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        return self.layout or bool(self.updated) or bool(self.removed)


class MenuTree:
    def __init__(self) -> None:
        self.revision = 1
        self._next_id = 1
        self._root = Node(id=0, row=_root_row(()))
        self._nodes = {0: self._root}
        self._former: dict[int, Node] = {}

    def replace(self, rows: tuple[Row, ...]) -> Change:
        root_row = _root_row(rows)
        if _shape(root_row) != _shape(self._root.row):
            # A host may still show the old rows: a click on one of them counts.
            self._former = self._nodes
            self._root = self._numbered(root_row)
            self.revision += 1
            self._nodes = {node.id: node for node in self._root.walk()}
            return Change(layout=True)
        before = self._nodes
        self._root = _with_rows(self._root, root_row)
        self._nodes = {node.id: node for node in self._root.walk()}
        pairs = [(before[id_].row.properties, node.row.properties, id_) for id_, node in self._nodes.items()]
        return Change(
            updated=tuple((id_, new) for old, new, id_ in pairs if new != old),
            removed=tuple((id_, gone) for old, new, id_ in pairs if (gone := tuple(old.keys() - new.keys()))),
        )

    def node(self, id_: int) -> Node | None:
        return self._nodes.get(id_)

    def chosen(self, id_: int) -> Callable[[], object] | None:
        """What choosing that line does; None for a line that does nothing. Raises KeyError for an unknown one."""
        node = self._nodes.get(id_) or self._former[id_]
        return node.row.choose if node.row.properties.get("enabled", True) else None

    def all(self) -> Iterator[Node]:
        return self._root.walk()

    def _numbered(self, row: Row, id_: int = 0) -> Node:
        children = []
        for child in row.children:
            child_id, self._next_id = self._next_id, self._next_id + 1
            children.append(self._numbered(child, child_id))
        return Node(id=id_, row=row, children=tuple(children))


def _root_row(rows: tuple[Row, ...]) -> Row:
    return Row(properties={"children-display": "submenu"}, children=rows)


def _shape(row: Row) -> tuple[object, ...]:
    return (row.properties.get("type"), row.properties.get("toggle-type"), *(_shape(child) for child in row.children))


def _with_rows(node: Node, row: Row) -> Node:
    children = tuple(_with_rows(old, new) for old, new in zip(node.children, row.children, strict=True))
    return Node(id=node.id, row=row, children=children)


def variants(properties: Properties, names: Sequence[str] = ()) -> dict[str, Variant]:
    """Only `names`, or all when none are named."""
    return {
        name: Variant(SIGNATURES[type(value)], value)
        for name, value in properties.items()
        if not names or name in names
    }


def layout(node: Node, depth: int, names: Sequence[str]) -> list[Any]:
    """A node for the wire with `depth` levels below it; all of them when negative."""
    children = node.children if depth else ()
    below = [Variant("(ia{sv}av)", layout(child, depth - 1, names)) for child in children]
    return [node.id, variants(node.row.properties, names), below]


class MenuService(ServiceInterface):
    """Speaks to the host. `refresh` reads the rows anew (elsewhere) and puts them into the tree."""

    def __init__(
        self,
        tree: MenuTree,
        *,
        refresh: Callable[[], Awaitable[bool]],
        run: Callable[[Callable[[], object]], None],
    ) -> None:
        super().__init__(INTERFACE)
        self._tree = tree
        self._refresh = refresh
        self._run = run

    def announce(self, change: Change) -> None:
        if change.layout:
            self.layout_updated()
        elif change:
            self.items_properties_updated(change)

    @dbus_property(access=PropertyAccess.READ, name="Version")
    def version(self) -> DBusUInt32:
        return 3

    @dbus_property(access=PropertyAccess.READ, name="TextDirection")
    def text_direction(self) -> DBusStr:
        return "ltr"

    @dbus_property(access=PropertyAccess.READ, name="Status")
    def status(self) -> DBusStr:
        return "normal"

    @dbus_property(access=PropertyAccess.READ, name="IconThemePath")
    def icon_theme_path(self) -> Names:
        return []

    @dbus_method(name="GetLayout")
    def get_layout(self, parent: DBusInt32, depth: DBusInt32, names: Names) -> LayoutAnswer:
        return self._tree.revision, layout(self._known(parent), depth, names)

    @dbus_method(name="GetGroupProperties")
    def get_group_properties(self, ids: Ids, names: Names) -> ItemProperties:
        wanted = set(ids)
        nodes = [node for node in self._tree.all() if not wanted or node.id in wanted]
        return [[node.id, variants(node.row.properties, names)] for node in nodes]

    @dbus_method(name="GetProperty")
    def get_property(self, id_: DBusInt32, name: DBusStr) -> DBusVariant:
        found = variants(self._known(id_).row.properties, (name,))
        if name not in found:
            raise DBusError(ErrorType.INVALID_ARGS, f"menu item {id_} has no property {name}")
        return found[name]

    @dbus_method(name="Event")
    def event(self, id_: DBusInt32, event: DBusStr, content: DBusVariant, timestamp: DBusUInt32) -> None:  # noqa: ARG002
        if not self._take(id_, event):
            raise DBusError(ErrorType.INVALID_ARGS, f"no menu item {id_}")

    @dbus_method(name="EventGroup")
    def event_group(self, events: Events) -> Ids:
        return [id_ for id_, event, _content, _timestamp in events if not self._take(id_, event)]

    @dbus_method(name="AboutToShow")
    async def about_to_show(self, id_: DBusInt32) -> DBusBool:
        return await self._refresh() if id_ == 0 else False

    @dbus_method(name="AboutToShowGroup")
    async def about_to_show_group(self, ids: Ids) -> UpdatesAnswer:
        changed = await self._refresh() if 0 in ids else False
        return ([0] if changed else []), [id_ for id_ in ids if self._tree.node(id_) is None]

    @dbus_signal(name="ItemsPropertiesUpdated")
    def items_properties_updated(self, change: Change) -> PropertiesUpdate:
        updated = [[id_, variants(properties)] for id_, properties in change.updated]
        return updated, [[id_, list(names)] for id_, names in change.removed]

    @dbus_signal(name="LayoutUpdated")
    def layout_updated(self) -> LayoutUpdate:
        return self._tree.revision, 0

    @dbus_signal(name="ItemActivationRequested")
    def item_activation_requested(self, id_: int, timestamp: int) -> Activation:
        return id_, timestamp

    def _known(self, id_: int) -> Node:
        node = self._tree.node(id_)
        if node is None:
            raise DBusError(ErrorType.INVALID_ARGS, f"no menu item {id_}")
        return node

    def _take(self, id_: int, event: str) -> bool:
        """Whether that line exists; a click on it is carried out elsewhere."""
        try:
            choose = self._tree.chosen(id_)
        except KeyError:
            return False
        if event == "clicked" and choose:
            self._run(choose)
        return True
