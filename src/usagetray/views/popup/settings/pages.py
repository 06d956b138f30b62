"""Every page of the settings window as data: a setting is a row, and a new setting is a new row.

Pure: no Qt. The words are English and looked up in the catalogue where they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from usagetray.language import tr_later
from usagetray.views.popup.settings.shapes import Heading, Note, Part, Press, Row, SettingsPage, Shape

PROVIDERS = SettingsPage(
    key="providers",
    name=tr_later("Providers"),
    lead=tr_later("Providers that are switched off are not contacted, and their files are not read."),
    pieces=(
        Part(name="connections"),
        Heading(text=tr_later("Asking servers")),
        Row(
            key="polling.minutes",
            label=tr_later("Ask about every"),
            help=tr_later("More often near a limit, less often at rest."),
            shape=Shape.MINUTES,
            least=2,
            most=30,
            unit=tr_later("min"),
        ),
        Row(
            key="incidents",
            label=tr_later("Look at status pages"),
            help=tr_later("Of vendors whose server you have allowed; without any secret."),
        ),
        Row(
            key="statusline.cost",
            label=tr_later("Today’s cost in the status line"),
            help=tr_later("At list prices, where usagetray shows Claude Code’s status line itself."),
        ),
    ),
)

ALERTS = SettingsPage(
    key="alerts",
    name=tr_later("Alerts"),
    pieces=(
        Row(key="alerts.enabled", label=tr_later("Alerts"), help=tr_later("Off: nothing is announced at all.")),
        Row(
            key="alerts.thresholds",
            label=tr_later("Thresholds, used"),
            help=tr_later("Once per cycle, only the highest one"),
            shape=Shape.PERCENTS,
            choices=(("50", "50"), ("75", "75"), ("90", "90"), ("95", "95")),
        ),
        Row(
            key="alerts.forecast",
            label=tr_later("Before a limit runs out"),
            help=tr_later("When the pace says it ends before its reset"),
        ),
        Row(key="alerts.locked", label=tr_later("Locked out"), help=tr_later("With the time at which it is back")),
        Row(key="alerts.back", label=tr_later("Back again"), help=tr_later("Also when you sleep through it")),
        Row(
            key="alerts.paying",
            label=tr_later("Now paying"),
            help=tr_later("When usage credits or a key start to cost money"),
        ),
        Row(
            key="alerts.paying_amounts",
            label=tr_later("And again at these sums"),
            help=tr_later("In the vendor’s currency, parted by commas"),
            shape=Shape.SUMS,
            hint="10, 50",
            wrong=tr_later("These are sums above zero, parted by commas: 10, 12.50"),
        ),
        Row(
            key="alerts.billing_route",
            label=tr_later("Something else is billed"),
            help=tr_later("When a key takes over from your plan"),
        ),
        Row(key="alerts.budgets", label=tr_later("Budgets"), help=tr_later("At their thresholds, and when used up")),
        Row(
            key="alerts.spikes",
            label=tr_later("Spikes"),
            help=tr_later("An hour or a session that costs many times the usual"),
        ),
        Row(
            key="alerts.spikes_mute",
            label=tr_later("Projects without spikes"),
            help=tr_later("The name of a project’s folder, or the whole folder"),
            shape=Shape.LIST,
            hint="webshop",
        ),
        Heading(text=tr_later("When and where")),
        Row(
            key="alerts.quiet_hours",
            label=tr_later("Quiet hours"),
            help=tr_later("Only lock-outs and charges come; the rest is told when they end"),
            shape=Shape.SPAN,
            hint="22:00-07:30",
            wrong=tr_later("Quiet hours begin at one time and end at another."),
        ),
        Row(
            key="presentation",
            label=tr_later("While sharing the screen"),
            help=tr_later("Alerts carry no amounts and no names"),
        ),
        Row(
            key="alerts.backend",
            label=tr_later("Shown by"),
            help=tr_later("From the next start on"),
            shape=Shape.CHOICE,
            choices=(("auto", tr_later("The desktop")), ("plyer", "plyer")),
        ),
        Press(
            name="test_alert",
            label=tr_later("Show a test alert"),
            help=tr_later("Says here whether your desktop took it."),
        ),
        Heading(text=tr_later("Given to something else as well")),
        Row(
            key="alerts.command",
            label=tr_later("A program of yours"),
            help=tr_later("It gets each alert as one line of JSON; no shell is used"),
            shape=Shape.COMMAND,
            hint="~/bin/tell-me --loud",
            wrong=tr_later("This is a program and its arguments; a quotation mark is not closed."),
        ),
        Row(
            key="alerts.webhook",
            label=tr_later("An address"),
            help=tr_later("Each alert is posted there as JSON"),
            shape=Shape.TEXT,
            hint="https://ntfy.example.com/mine",
            is_wide=True,
            wrong=tr_later("An address begins with https:// (or http://127.0.0.1:PORT) and holds no login."),
        ),
    ),
)

APPEARANCE = SettingsPage(
    key="appearance",
    name=tr_later("Appearance"),
    pieces=(
        Row(
            key="icon.style",
            label=tr_later("Tray icon"),
            help=tr_later("As it looks on a dark and on a light panel"),
            shape=Shape.ICON,
            choices=(
                ("bars", tr_later("Two bars")),
                ("ring", tr_later("Ring")),
                ("number", tr_later("Number")),
            ),
        ),
        Row(
            key="icon.follow",
            label=tr_later("It shows"),
            help=tr_later("Of several, by itself the one that is tightest"),
            shape=Shape.PICK,
        ),
        Row(key="icon.separate", label=tr_later("An icon for each provider")),
        Row(
            key="icon.colour",
            label=tr_later("Colour in the tray"),
            help=tr_later("Shapes always carry the state as well"),
            shape=Shape.CHOICE,
            choices=(("auto", tr_later("Only when it matters")), ("never", tr_later("Never"))),
        ),
        Row(
            key="icon.panel",
            label=tr_later("Panel"),
            help=tr_later("Where the icon is hard to see"),
            shape=Shape.CHOICE,
            choices=(("auto", tr_later("Automatic")), ("light", tr_later("Light")), ("dark", tr_later("Dark"))),
        ),
        Row(
            key="icon.label",
            label=tr_later("Text beside the icon"),
            help=tr_later("On macOS, GNOME, MATE and LXQt"),
        ),
        Row(
            key="show",
            label=tr_later("Figures"),
            help=tr_later("In every place; click a figure to flip"),
            shape=Shape.CHOICE,
            choices=(("used", tr_later("Used")), ("left", tr_later("Left"))),
        ),
        Row(
            key="times",
            label=tr_later("Reset times"),
            help=tr_later("What stands first; click a time to flip"),
            shape=Shape.CHOICE,
            choices=(("clock", tr_later("Clock")), ("countdown", tr_later("Countdown"))),
        ),
        Row(
            key="clock",
            label=tr_later("Time of day"),
            shape=Shape.CHOICE,
            choices=(("auto", tr_later("System")), ("24", tr_later("24 hours")), ("12", tr_later("12 hours"))),
        ),
        Row(
            key="language",
            label=tr_later("Language"),
            shape=Shape.CHOICE,
            choices=(("auto", tr_later("System")), ("en", "English"), ("de", "Deutsch")),
        ),
        Heading(text=tr_later("Keyboard")),
        Row(
            key="shortcut",
            label=tr_later("Keys that open the popup"),
            help=tr_later("From anywhere, where the system lets a program take them"),
            shape=Shape.TEXT,
            hint="Ctrl+Alt+U",
            wrong=tr_later(
                "Keys look like Ctrl+Alt+U: Ctrl, Alt, Shift or Meta, then a letter, digit, F key or Space."
            ),
        ),
        Part(name="shortcut"),
    ),
)

WORK = SettingsPage(
    key="work",
    name=tr_later("Work and money"),
    pieces=(
        Heading(text=tr_later("Working hours")),
        Note(
            text=tr_later(
                "A forecast learns when you work from your own use. It begins with what you say here, and knows by it "
                "that a weekend is no pause in your pace."
            )
        ),
        Row(
            key="work.hours",
            label=tr_later("Hours"),
            shape=Shape.SPAN,
            hint="09:00-18:00",
            wrong=tr_later("Working hours begin at one time and end at another."),
        ),
        Row(key="work.days", label=tr_later("Days"), shape=Shape.DAYS),
        Heading(text=tr_later("Budgets")),
        Note(
            text=tr_later(
                "A sum for a day, a week or a month. It stops nothing: it stands beside the plans, says where the "
                "period is heading, and alerts at its thresholds."
            )
        ),
        Row(key="budgets", label=tr_later("Budgets"), shape=Shape.BUDGETS),
        Heading(text=tr_later("Prices of your own")),
        Part(name="rates"),
        Press(
            name="open_file",
            label=tr_later("Write prices in the file…"),
            help=tr_later("For models the list lacks, a gateway, or a discount: [[rates]] in the settings file."),
        ),
    ),
)

PRIVACY = SettingsPage(
    key="privacy",
    name=tr_later("Privacy"),
    pieces=(
        Part(name="promise"),
        Heading(text=tr_later("Contacts in the last 7 days")),
        Part(name="contacts"),
        Heading(text=tr_later("Kept on this computer")),
        Part(name="kept"),
        Press(name="open_folder", label=tr_later("Open the folder")),
        Part(name="autostart"),
        Press(
            name="wipe",
            label=tr_later("Delete all my data…"),
            help=tr_later("History, settings and keys; what was changed for a tool is put back."),
            is_dangerous=True,
        ),
    ),
)

ABOUT = SettingsPage(
    key="about",
    name=tr_later("About"),
    pieces=(
        Part(name="about"),
        Heading(text=tr_later("What it takes itself")),
        Part(name="taken"),
        Heading(text=tr_later("Settings as text")),
        Note(
            text=tr_later(
                "Everything here stands in one file that you may edit. Your comments, and keys this window does not "
                "know, are left alone; a value that is not right costs only itself."
            )
        ),
        Press(name="open_file", label=tr_later("Edit as text…")),
        Press(name="open_log", label=tr_later("Open the log’s folder")),
        Heading(text=tr_later("Keys in the popup")),
        Part(name="keys"),
    ),
)

PAGES = (PROVIDERS, ALERTS, APPEARANCE, WORK, PRIVACY, ABOUT)

OF_PROVIDER = (
    Row(key="providers.*.enabled", label=tr_later("Read this provider")),
    Row(
        key="providers.*.plan",
        label=tr_later("Your plan"),
        help=tr_later("Only you can say which one you pay for"),
        shape=Shape.TEXT,
        hint="lite",
        wrong=tr_later("A plan’s name has at most 40 characters."),
    ),
    Row(
        key="providers.*.plan_day",
        label=tr_later("It renews on"),
        help=tr_later("Day of the month"),
        shape=Shape.MINUTES,
        least=0,
        most=31,
        zero=tr_later("Not said"),
    ),
    Row(
        key="providers.*.options",
        label=tr_later("Read in another way"),
    ),
    Row(
        key="providers.*.homes",
        label=tr_later("Further folders of its tool"),
        help=tr_later("Each is an account of its own"),
        shape=Shape.LIST,
        hint="~/.tool-work",
    ),
    Row(
        key="providers.*.logs",
        label=tr_later("Logs of other computers"),
        help=tr_later("NAME=FOLDER: counted, and told apart by the name"),
        shape=Shape.LIST,
        hint="laptop=/mnt/laptop/logs",
        wrong=tr_later("Each is a name, = and a folder: laptop=/mnt/laptop/logs"),
    ),
)
"""What can be set of each provider, on its card."""

OF_ACCOUNT = (
    Row(key="providers.*.accounts.*.enabled", label=tr_later("Shown and announced")),
    Row(
        key="providers.*.accounts.*.label",
        label=tr_later("What you call it"),
        shape=Shape.TEXT,
        wrong=tr_later("A name has at most 40 characters."),
    ),
    Row(
        key="providers.*.accounts.*.thresholds",
        label=tr_later("Thresholds of its own"),
        help=tr_later("None chosen: those of all alerts"),
        shape=Shape.PERCENTS,
        choices=(("50", "50"), ("75", "75"), ("90", "90"), ("95", "95")),
    ),
)
"""What can be set of each account."""

ELSEWHERE: Mapping[str, str] = {
    "welcomed": "the first-run page sets it",
    "rates": "a table of prices is written in the file, which the page Work and money opens",
    "providers.*.allow": "a consent is given by its own switch, which the tray answers",
    "providers.*.address": "asked for together with its key",
    "providers.*.accounts.*.allow": "a consent is given by its own switch, which the tray answers",
    "providers.*.accounts.*.address": "asked for together with its key",
}
"""Settings that are no rows, with the reason."""


def rows() -> tuple[Row, ...]:
    """Every setting of the window, wherever it stands."""
    on_pages = tuple(piece for page in PAGES for piece in page.pieces if isinstance(piece, Row))
    return (*on_pages, *OF_PROVIDER, *OF_ACCOUNT)
