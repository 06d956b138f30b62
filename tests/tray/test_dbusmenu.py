"""The menu's tree: what is put on the bus, and what is announced when it changes."""

from __future__ import annotations

import pytest

from usagetray.edges.tray.base import Menu, MenuItem, menu_of
from usagetray.edges.tray.dbusmenu import Change, MenuTree, Row, layout, rows_of
from usagetray.views.menu import MenuLine


def line(label: str, **properties: str | int | bool) -> Row:
    return Row(properties={"label": label, **properties}, choose=lambda: label)


def rows(*lines: MenuLine, chosen: list[str] | None = None) -> tuple[Row, ...]:
    return rows_of(menu_of(lambda: lines, [].append if chosen is None else chosen.append), icon=None)


def plain(node) -> list:
    """A layout without the wire's variants."""
    id_, properties, children = node
    return [id_, {name: value.value for name, value in properties.items()}, [plain(child.value) for child in children]]


def test_an_underscore_is_doubled_so_that_it_is_not_a_key_to_press():
    (row,) = rows(MenuLine(text="my_project", action="show"))

    assert row.properties == {"label": "my__project"}


def test_a_figure_cannot_be_chosen():
    (row,) = rows(MenuLine(text="Week  41 % used"))

    assert row.properties == {"label": "Week  41 % used", "enabled": False}


def test_a_tick_box_says_whether_it_is_ticked():
    on, off = rows(MenuLine(text="On", action="a", checked=True), MenuLine(text="Off", action="b", checked=False))

    assert (on.properties["toggle-type"], on.properties["toggle-state"]) == ("checkmark", 1)
    assert (off.properties["toggle-type"], off.properties["toggle-state"]) == ("checkmark", 0)


def test_a_radio_line_of_pystray_stays_one():
    (row,) = rows_of(Menu(MenuItem("One", None, checked=lambda _: True, radio=True)), icon=None)

    assert row.properties["toggle-type"] == "radio"


def test_choosing_a_line_gives_its_verb():
    chosen: list[str] = []
    submenu = (MenuLine(text="1 hour", action="snooze_1h"),)
    _, snooze = rows(MenuLine(text="Show", action="show"), MenuLine(text="Snooze", children=submenu), chosen=chosen)

    snooze.children[0].choose()

    assert chosen == ["snooze_1h"]


def test_the_layout_nests_submenus_and_counts_levels_down():
    tree = MenuTree()
    tree.replace(
        (
            line("Show"),
            Row(properties={"type": "separator"}),
            Row(properties={"label": "More"}, children=(line("1 hour"),)),
        )
    )

    whole = plain(layout(tree.node(0), -1, ()))
    one_level = plain(layout(tree.node(0), 1, ("label",)))

    assert whole == [
        0,
        {"children-display": "submenu"},
        [
            [1, {"label": "Show"}, []],
            [2, {"type": "separator"}, []],
            [3, {"label": "More"}, [[4, {"label": "1 hour"}, []]]],
        ],
    ]
    assert one_level == [0, {}, [[1, {"label": "Show"}, []], [2, {}, []], [3, {"label": "More"}, []]]]


def test_a_new_text_keeps_the_ids_and_tells_only_what_changed():
    tree = MenuTree()
    tree.replace((line("Show"), line("resets in 2 h", enabled=False)))

    change = tree.replace((line("Show"), line("resets in 1 h")))

    assert change == Change(updated=((2, {"label": "resets in 1 h"}),), removed=((2, ("enabled",)),))
    assert tree.revision == 2


def test_equal_lines_announce_nothing():
    tree = MenuTree()
    tree.replace((line("Show"),))

    assert not tree.replace((line("Show"),))


def test_a_new_shape_gets_new_ids_and_a_new_revision():
    tree = MenuTree()
    tree.replace((line("Show"), line("Quit")))

    change = tree.replace((line("Show"), line("Week"), line("Quit")))

    assert change == Change(layout=True)
    assert tree.revision == 3
    assert [node.id for node in tree.all()] == [0, 3, 4, 5]


def test_a_click_on_a_line_that_was_just_replaced_still_counts():
    """The host shows the old menu until it has fetched the new one."""
    tree = MenuTree()
    tree.replace((line("Show"), line("Quit")))
    tree.replace((line("Show"), line("Week"), line("Quit")))

    assert tree.chosen(2)() == "Quit"
    assert tree.chosen(5)() == "Quit"


def test_a_disabled_line_does_nothing_and_an_unknown_one_is_refused():
    tree = MenuTree()
    tree.replace((line("Week", enabled=False),))

    assert tree.chosen(1) is None
    with pytest.raises(KeyError):
        tree.chosen(99)
