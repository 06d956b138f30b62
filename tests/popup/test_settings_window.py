"""The settings window without a display: what it shows, what it sends, and what the tray's hands make of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QRadioButton,
    QWidget,
)

from tests.popup.settings_world import KEY, World, find, settle
from usagetray import language
from usagetray.views.popup.desk import current_look
from usagetray.views.popup.settings.controls import Switch, stops
from usagetray.views.popup.settings.pages import PAGES
from usagetray.views.popup.settings.rows import RowLine
from usagetray.views.popup.settings.window import SettingsWindow

NAMES = [each.key for each in PAGES]


@pytest.fixture
def make(application: QApplication, tmp_path: Path) -> Iterator[Callable[..., World]]:
    made: list[World] = []

    def make_one(**more: Any) -> World:
        made.append(World(tmp_path / str(len(made)), **more))
        return made[-1]

    yield make_one
    for each in made:
        if each.window is not None:
            each.window.hide()
            each.window.deleteLater()
    application.processEvents()


@pytest.fixture
def world(make: Callable[..., World]) -> World:
    return make()


def row(window: SettingsWindow, key: str) -> RowLine:
    (found,) = (each for page in window.pages.values() for each in page.rows.values() if each.key == key)
    return found


def turn_to(world: World, page: str) -> SettingsWindow:
    window = world.window or world.open()
    window.turn_to(page)
    settle()
    return window


def card(world: World, provider: str) -> Any:
    """The card of a provider, open."""
    cards = turn_to(world, "providers").pages["providers"].cards
    assert cards is not None
    made = cards.cards[provider]
    if made.details is None:
        made.toggle()
    settle()
    return made


def labels(window: QWidget) -> list[QLabel]:
    return [each for each in window.findChildren(QLabel) if each.isVisibleTo(window) and each.text()]


# ---- what is shown ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", NAMES)
def test_everything_that_can_be_reached_has_a_name_of_its_own(world: World, page: str) -> None:
    window = turn_to(world, page)
    inner = window.pages[page].widget()

    reached = list(stops(inner.layout()))
    names = [each.accessibleName() for each in reached]

    assert all(names), [type(each).__name__ for each in reached if not each.accessibleName()]
    assert len(names) == len(set(names)), sorted(names)
    for each in reached:
        spoken = QAccessible.queryAccessibleInterface(each)
        assert spoken is not None
        assert spoken.text(QAccessible.Text.Name), each


@pytest.mark.parametrize("page", NAMES)
def test_tab_reaches_every_control_in_reading_order_and_comes_back(world: World, page: str) -> None:
    """Of a group of choices Tab reaches the chosen one, and the arrow keys the others."""
    window = turn_to(world, page)
    window.activateWindow()
    window.nav.setFocus()
    inner = window.pages[page].widget()
    there = [each for each in stops(inner.layout()) if each.isEnabled() and each.isVisibleTo(window)]
    wanted = [each for each in there if not isinstance(each, QRadioButton) or each.isChecked()]

    seen: list[QWidget] = []
    while len(seen) < 100:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is window.nav:
            break
        seen.append(focused)

    assert seen == [*wanted, window.as_text]


@pytest.mark.parametrize(("code", "scale"), [("en", 1.0), ("en", 1.5), ("en", 2.0), ("de", 1.0), ("de", 1.5)])
@pytest.mark.parametrize("page", NAMES)
def test_no_words_are_cut(
    application: QApplication, make: Callable[..., World], page: str, code: str, scale: float
) -> None:
    """At the window's ordinary and at its least width, with the system's letters at 100, 150 and 200 %."""
    language.speak(code)
    usual, larger = application.font(), application.font()
    larger.setPixelSize(round(15 * scale))
    application.setFont(larger)
    try:
        world = make()
        window = turn_to(world, page)
        if page == "providers":
            card(world, "claude")
        for width in (window.width(), window.minimumWidth()):
            window.resize(width, window.height())
            settle()
            check_fit(window, page)
    finally:
        application.setFont(usual)
        language.use(language.ENGLISH, None)


def check_fit(window: SettingsWindow, page: str) -> None:
    inner = window.pages[page].widget()
    assert inner.width() <= window.pages[page].viewport().width()
    for each in labels(window):
        wants = each.heightForWidth(each.width()) if each.wordWrap() else each.sizeHint().height()
        assert each.height() >= wants, each.text()
        if not each.wordWrap():
            assert each.width() >= each.sizeHint().width(), each.text()
    for each in window.findChildren(QAbstractButton):
        if each.isVisibleTo(window):
            assert each.width() >= each.minimumSizeHint().width(), each.accessibleName()
            if inner.isAncestorOf(each):
                right = each.mapTo(inner, each.rect().topRight()).x()
                assert right <= inner.width(), each.accessibleName()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", NAMES)
def test_every_page_can_be_drawn(world: World, page: str, theme: str) -> None:
    """A picture for the eye, where `USAGETRAY_ARTIFACTS` asks for one."""
    window = world.open(theme=theme)
    window.turn_to(page)
    settle()

    picture = window.grab()

    assert not picture.isNull()
    if folder := os.environ.get("USAGETRAY_ARTIFACTS"):
        picture.save(f"{folder}/settings_{page}_{theme}.png")


@pytest.mark.parametrize("page", NAMES)
def test_another_theme_leaves_what_was_opened_and_typed_and_changes_every_colour(world: World, page: str) -> None:
    """The window looks as one that was made in that theme, to the pixel."""
    window = world.open(theme="light")
    window.turn_to(page)
    settle()
    typed = [each for each in window.findChildren(QLineEdit) if each.isVisibleTo(window) and each.isEnabled()]
    for each in typed:
        each.setText("half a wor")
    light = window.grab().toImage()

    window.wear(current_look("dark"))
    settle()
    dark = window.grab().toImage()

    assert [each.text() for each in typed] == ["half a wor"] * len(typed)
    assert dark != light
    window.wear(current_look("light"))
    settle()
    assert window.grab().toImage() == light
    made_dark = world.open(theme="dark")
    made_dark.turn_to(page)
    settle()
    for each in made_dark.findChildren(QLineEdit):
        if each.isVisibleTo(made_dark) and each.isEnabled():
            each.setText("half a wor")
    assert made_dark.grab().toImage() == dark
    window.close()


def test_a_page_costs_nothing_before_it_is_turned_to(world: World) -> None:
    window = world.open()

    assert list(window.pages) == ["providers"]


# ---- a setting -------------------------------------------------------------------------------------------------


def test_a_switch_is_in_the_file_at_once_and_everything_else_stays(world: World) -> None:
    window = turn_to(world, "alerts")

    find(window, Switch, "Back again").click()

    assert world.settings["alerts"] == {"back": False}
    assert world.config.read_text().startswith("# mine\n")
    assert "key = 1  # stays" in world.config.read_text()


def test_a_choice_by_arrow_keys_is_in_the_file(world: World) -> None:
    window = turn_to(world, "appearance")
    window.activateWindow()
    find(window, QRadioButton, "Figures: Used").setFocus()

    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)

    assert world.settings["show"] == "left"


def test_thresholds_of_the_users_own_are_shown_beside_those_offered(world: World) -> None:
    world.config.write_text("welcomed = true\n[alerts]\nthresholds = [33, 75]\n")
    window = turn_to(world, "alerts")

    field = row(window, "alerts.thresholds").field
    chosen = {value: each.isChecked() for value, each in field.pills.items()}  # type: ignore[attr-defined]
    assert chosen == {33: True, 50: False, 75: True, 90: False, 95: False}
    field.pills[90].click()  # type: ignore[attr-defined]
    assert world.settings["alerts"]["thresholds"] == [33, 75, 90]


def test_a_wrong_value_shows_a_sentence_and_loses_neither_what_was_typed_nor_the_file(world: World) -> None:
    window = turn_to(world, "alerts")
    before = world.config.read_bytes()
    line = row(window, "alerts.webhook")
    edit = find(window, QLineEdit, "An address")

    QTest.keyClicks(edit, "http://example.com/me")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    world.load()

    assert line.problem.text().startswith("An address begins with https://")
    assert line.problem.isVisibleTo(window)
    assert edit.text() == "http://example.com/me"
    assert world.config.read_bytes() == before
    assert world.said("set") == []


def test_a_wrong_value_that_is_put_right_is_taken_and_its_sentence_goes(world: World) -> None:
    window = turn_to(world, "alerts")
    edit = find(window, QLineEdit, "And again at these sums")
    edit.selectAll()
    QTest.keyClicks(edit, "ten")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert row(window, "alerts.paying_amounts").problem.isVisibleTo(window)

    edit.selectAll()
    QTest.keyClicks(edit, "5, 12.50")
    QTest.keyClick(edit, Qt.Key.Key_Return)

    assert world.settings["alerts"]["paying_amounts"] == [5, "12.50"]
    assert not row(window, "alerts.paying_amounts").problem.isVisibleTo(window)


def test_a_command_is_parted_as_a_shell_would_and_an_open_quotation_mark_is_said(world: World) -> None:
    window = turn_to(world, "alerts")
    edit = find(window, QLineEdit, "A program of yours")

    QTest.keyClicks(edit, "notify 'two words")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert row(window, "alerts.command").problem.text().endswith("a quotation mark is not closed.")
    QTest.keyClicks(edit, "'")
    QTest.keyClick(edit, Qt.Key.Key_Return)

    assert world.settings["alerts"]["command"] == ["notify", "two words"]


def test_the_tray_s_sentence_is_shown_at_the_field_when_the_file_cannot_be_written(world: World) -> None:
    window = turn_to(world, "alerts")
    world.config.write_text('show = "used"\nbroken = \n')

    switch = find(window, Switch, "Spikes")
    switch.click()

    line = row(window, "alerts.spikes")
    assert "line 2 is not valid TOML" in line.problem.text()
    assert switch.isChecked()  # what holds
    assert world.config.read_text() == 'show = "used"\nbroken = \n'


def test_quiet_hours_are_kept_while_they_are_off(world: World) -> None:
    world.config.write_text('[alerts]\nquiet_hours = "23:15-06:45"\n')
    window = turn_to(world, "alerts")
    switch = find(window, Switch, "Quiet hours")

    switch.click()
    assert world.settings["alerts"]["quiet_hours"] == ""
    switch.click()

    assert world.settings["alerts"]["quiet_hours"] == "23:15-06:45"


def test_a_change_of_the_file_shows_and_what_is_being_typed_stays(world: World) -> None:
    window = turn_to(world, "alerts")
    window.activateWindow()
    edit = find(window, QLineEdit, "An address")
    edit.setFocus()
    QTest.keyClicks(edit, "https://ex")

    world.config.write_text('[alerts]\nback = false\nwebhook = "https://other.example.com/x"\n')
    world.load()

    assert not find(window, Switch, "Back again").isChecked()
    assert edit.text() == "https://ex"


def test_the_window_notices_a_changed_file_and_tells_the_tray(world: World) -> None:
    turn_to(world, "alerts")

    world.config.write_text("[alerts]\nback = false\n")

    deadline = 1000
    while not world.said("changed") and deadline:
        QTest.qWait(10)
        deadline -= 1
    assert world.said("changed")
    assert world.window is not None
    assert not find(world.window, Switch, "Back again").isChecked()


def test_a_tray_that_does_not_answer_is_said(make: Callable[..., World]) -> None:
    world = make()
    window = world.open(answers=False)
    window.turn_to("alerts")
    find(window, Switch, "Spikes").click()

    window._give_up(int(str(world.said("set")[0]["id"])))

    assert row(window, "alerts.spikes").problem.text().startswith("usagetray did not answer")
    assert find(window, Switch, "Spikes").isChecked()


# ---- budgets ---------------------------------------------------------------------------------------------------


def test_a_budget_is_added_changed_and_removed(world: World) -> None:
    window = turn_to(world, "work")
    find(window, QPushButton, "Add a budget").click()
    settle()
    QTest.keyClicks(find(window, QLineEdit, "Amount"), "300")
    QTest.keyClicks(find(window, QLineEdit, "Name"), "All")
    find(window, QPushButton, "Save the budget").click()
    settle()
    assert world.settings["budgets"] == [{"name": "All", "amount": "300"}]

    find(window, QPushButton, "Change All").click()
    settle()
    find(window, QRadioButton, "In each: Week").click()
    find(window, QPushButton, "Save the budget").click()
    settle()
    assert world.settings["budgets"] == [{"name": "All", "amount": "300", "period": "week"}]

    find(window, QPushButton, "Remove All").click()
    assert "budgets" not in world.settings


def test_a_budget_that_cannot_be_says_which_field_and_keeps_what_was_typed(world: World) -> None:
    window = turn_to(world, "work")
    find(window, QPushButton, "Add a budget").click()
    settle()
    amount = find(window, QLineEdit, "Amount")
    QTest.keyClicks(amount, "much")

    find(window, QPushButton, "Save the budget").click()

    shown = [each.text() for each in labels(window) if each.property("role") == "wrong"]
    assert shown == ['Amount: this takes a sum in quotes, like "300" or "12.50".']
    assert amount.text() == "much"
    assert "budgets" not in world.settings


def test_comments_of_budgets_that_stay_stay(world: World) -> None:
    world.config.write_text(
        '[[budgets]]\namount = "300"  # all\n\n[[budgets]]\nname = "Shop"\namount = "40"  # the shop\n'
    )
    window = turn_to(world, "work")

    find(window, QPushButton, "Remove Everything").click()

    assert world.config.read_text() == '[[budgets]]\nname = "Shop"\namount = "40"  # the shop\n'


# ---- consents and keys -----------------------------------------------------------------------------------------


def test_a_key_goes_to_the_key_store_and_is_nowhere_else_afterwards(world: World) -> None:
    deepseek = card(world, "deepseek")
    line = deepseek.details.consents["balance"]
    line.open_form()
    secret = line.form.secret
    assert secret.echoMode() is QLineEdit.EchoMode.Password
    QTest.keyClicks(secret, KEY)

    QTest.keyClick(secret, Qt.Key.Key_Return)
    settle()

    kept = world.keychain.get("deepseek/api_key")
    assert kept is not None
    assert kept.reveal() == KEY
    assert world.settings["providers"]["deepseek"]["allow"] == ["balance"]
    assert (secret.text(), secret.isUndoAvailable()) == ("", False)
    assert line.form is None
    assert line.done.text() == "The key is in your system's key store."
    assert all(KEY not in path.read_text(errors="replace") for path in world.config.parent.rglob("*") if path.is_file())


@pytest.mark.parametrize("kind", ["locked", "missing"])
def test_a_key_that_could_not_be_kept_is_said_and_forgotten(make: Callable[..., World], kind: str) -> None:
    world = make(keychain=kind)
    line = card(world, "deepseek").details.consents["balance"]
    line.open_form()
    QTest.keyClicks(line.form.secret, KEY)

    line.form.save.click()
    settle()

    assert "key store" in line.problem.text()
    assert KEY not in line.problem.text()
    assert line.form.secret.text() == ""
    assert "allow" not in world.settings.get("providers", {}).get("deepseek", {})


def test_what_is_no_key_is_said_before_it_is_sent(world: World) -> None:
    line = card(world, "deepseek").details.consents["balance"]
    line.open_form()

    QTest.keyClicks(line.form.secret, "two words")
    line.form.save.click()

    assert line.form.problem.text() == "That is not a key: it has characters a key cannot have."
    assert line.form.secret.text() == "two words"
    assert world.said("allow") == []


def test_a_refused_key_is_in_no_sentence_of_the_tray(world: World) -> None:
    """The tray checks again what the window let through."""
    window = world.open()
    answers: list[tuple[bool, str]] = []

    window.ask(
        {"event": "allow", "provider": "deepseek", "offer": "balance", "account": "", "secret": f"{KEY} x"},
        lambda ok, text: answers.append((ok, text)),
    )

    ((ok, text),) = answers
    assert not ok
    assert KEY not in text


def test_a_consent_says_what_would_be_read_before_it_is_given_and_can_be_withdrawn(world: World) -> None:
    claude = card(world, "claude")
    line = next(each for each in claude.details.consents.values() if "credentials" in each.consent.explains)
    assert line.switch is not None
    assert not line.switch.isChecked()
    assert "api.anthropic.com" in line.switch.accessibleDescription()

    line.switch.click()
    assert world.settings["providers"]["claude"]["allow"] == [line.consent.name.replace("-", "_")]
    line.switch.click()

    assert world.settings["providers"]["claude"]["allow"] == []


def test_before_the_first_answer_nothing_is_shown_as_read(world: World) -> None:
    world.config.write_text("")
    window = world.open()
    switch = find(window, Switch, "Read Claude")
    assert not switch.isChecked()
    assert "Found here, not read" in [each.text() for each in labels(window)]
    assert find(window, QPushButton, "Connect DeepSeek").isVisibleTo(window)
    assert find(window, QPushButton, "Connect Copilot").isVisibleTo(window)

    switch.click()

    assert world.settings["providers"] == {"claude": {"enabled": True}}
    assert switch.isChecked()


def test_each_folder_of_a_tool_has_its_own_status_line(world: World) -> None:
    """Allowed for one of two, it is installed there alone, and taken out there again."""
    work = world.home / ".claude-work"
    work.mkdir()
    world.config.write_text(f'welcomed = true\n[providers.claude]\nhomes = ["{work}"]\n')
    line = card(world, "claude").details.consents[f"status-line@{work}"]

    line.switch.click()
    assert "statusLine" in (work / "settings.json").read_text()
    assert not (world.home / ".claude/settings.json").exists()
    line.switch.click()

    assert not (work / "settings.json").exists()  # as before: there was none


def test_a_provider_is_switched_off_and_on_again(world: World) -> None:
    window = world.open()

    find(window, Switch, "Read Claude").click()
    assert world.settings["providers"]["claude"] == {"enabled": False}
    find(window, Switch, "Read Claude").click()

    assert world.settings["providers"]["claude"] == {"enabled": True}


def test_a_further_folder_is_added_and_removed(world: World) -> None:
    claude = card(world, "claude")
    field = next(each for each in claude.details.rows if each.key == "providers.claude.homes").field
    QTest.keyClicks(field.edit, "~/.claude-work")

    QTest.keyClick(field.edit, Qt.Key.Key_Return)
    settle()
    assert [Path(each).name for each in world.settings["providers"]["claude"]["homes"]] == [".claude-work"]

    field = next(each for each in card(world, "claude").details.rows if each.key == "providers.claude.homes").field
    assert field.edit.text() == ""
    find(world.window, QPushButton, f"Remove {field._texts[0]}").click()  # type: ignore[arg-type]
    assert world.settings["providers"]["claude"]["homes"] == []


def test_disconnecting_deletes_the_key_and_asks_first(world: World) -> None:
    line = card(world, "deepseek").details.consents["balance"]
    line.open_form()
    QTest.keyClicks(line.form.secret, KEY)
    line.form.save.click()
    settle()
    assert world.window is not None
    answers: list[bool] = []

    find(world.window, QPushButton, "Disconnect…").click()
    settle()
    assert world.keychain.get("deepseek/api_key") is not None  # it only asked
    world.window.ask({"event": "disconnect", "provider": "deepseek", "account": ""}, lambda ok, _: answers.append(ok))

    assert answers == [True]
    assert world.keychain.get("deepseek/api_key") is None
    assert world.settings["providers"]["deepseek"] == {"enabled": False, "allow": []}


def test_the_chip_of_the_first_page_opens_the_field_for_the_key(world: World) -> None:
    window = world.open()

    window.turn_to("providers/deepseek")
    settle()

    cards = window.pages["providers"].cards
    assert cards is not None
    details = cards.cards["deepseek"].details
    assert details is not None
    assert details.consents["balance"].form is not None


def test_closing_the_window_forgets_a_half_typed_key(world: World) -> None:
    line = card(world, "deepseek").details.consents["balance"]
    line.open_form()
    QTest.keyClicks(line.form.secret, KEY)
    closed: list[int] = []
    assert world.window is not None
    world.window.closed.connect(lambda: closed.append(1))

    QTest.keyClick(world.window, Qt.Key.Key_Escape)

    assert closed == [1]
    assert world.said("allow") == []


# ---- what only the tray may do ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("welcomed", True),
        ("providers.deepseek.allow", ["balance"]),
        ("providers.litellm.address", "https://evil.example.com"),
        ("rates", []),
        ("no.such.setting", 1),
        ("", 1),
    ],
)
def test_the_tray_takes_no_key_that_no_row_has(world: World, key: str, value: object) -> None:
    window = world.open()
    before = world.config.read_bytes()
    answers: list[tuple[bool, str]] = []

    window.want(key, value, lambda ok, text: answers.append((ok, text)))

    assert [ok for ok, _ in answers] == [False]
    assert world.config.read_bytes() == before


@pytest.mark.parametrize(("is_there", "role"), [(True, "done"), (False, "wrong")])
def test_a_test_alert_says_whether_it_was_shown(world: World, is_there: bool, role: str) -> None:
    world.notifier.is_there = is_there
    window = turn_to(world, "alerts")

    find(window, QPushButton, "Show a test alert").click()

    shown = [each.text() for each in labels(window) if each.property("role") == role]
    assert len(world.notifier.sent) == 1
    assert len(shown) == 1


def test_every_address_that_was_asked_is_listed(world: World) -> None:
    window = turn_to(world, "privacy")

    texts = [each.text() for each in labels(window)]

    assert {"api.example.com", "96 requests", "412\u00a0KB", "1 request"} <= set(texts)


@pytest.mark.parametrize(("chosen", "events"), [("Delete everything", [{"event": "wipe"}]), ("Cancel", [])])
def test_deleting_everything_asks_once_more(world: World, chosen: str, events: list[dict[str, object]]) -> None:
    window = turn_to(world, "privacy")
    find(window, QPushButton, "Delete all my data…").click()
    (box,) = window.findChildren(QMessageBox)
    assert box.defaultButton().text() == "Cancel"

    next(each for each in box.buttons() if each.text() == chosen).click()

    assert world.said("wipe") == events


def test_the_file_stays_one_press_away(world: World) -> None:
    window = world.open()

    window.as_text.click()

    assert world.said("open") == [{"event": "open", "what": "settings"}]
