"""What `doctor` found, in sentences: each says what is so, and, where it is not as it should be, what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from usagetray.domain.states import State
from usagetray.edges.alert_hooks import COMMAND
from usagetray.edges.store.checkup import FULL_BELOW
from usagetray.errors import Cause
from usagetray.quick_dataclass import dataclass
from usagetray.spine.doctoring import Examination
from usagetray.spine.doctoring_sources import SourceAnswers, ToolAnswers
from usagetray.views.figures import ago, countdown
from usagetray.views.plain import plain

Grade = Literal["ok", "note", "wrong"]

NO_TRAY = {
    "gnome": "GNOME shows none by itself: install the AppIndicator extension (apt install "
    "gnome-shell-extension-appindicator), log out and in, and switch it on in Extensions",
    "ubuntu": "switch on Ubuntu AppIndicators in Extensions, then log out and in",
    "pop": "switch on the AppIndicator extension in Extensions, then log out and in",
    "kde": "add the System Tray widget to a panel of Plasma",
    "xfce": "add the Status Tray Plugin to the panel (right click, Panel, Add New Items)",
    "mate": "add the Notification Area to the panel",
    "lxqt": "add the Status Notifier plugin to the panel",
    "cinnamon": "add the applet XApp Status to the panel",
    "budgie": "add the applet System Tray to the panel",
    "sway": "add the module `tray` to waybar, and start waybar",
    "hyprland": "add the module `tray` to waybar, and start waybar",
    "i3": "let i3bar have a tray (`tray_output primary` in its `bar` block)",
}
"""By a part of XDG_CURRENT_DESKTOP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    topic: str
    grade: Grade
    text: str
    about: tuple[str, ...] = ()  # particulars: where it looked, what was tried


def findings(seen: Examination) -> tuple[Finding, ...]:
    """Everything, topic by topic."""
    parts = (_icon, _window, _alerts, _keys, _settings, _history, _crashes, _sources)
    return tuple(finding for part in parts for finding in part(seen))


def remedy(state: State, name: str) -> str:
    """After a colon: what is wrong with a source of this provider, and what mends it."""
    return {
        State.STALE: "one answer was a refusal: nothing to do, it is asked again",
        State.RATE_LIMITED: "it was asked too often: nothing to do, the wait ends by itself",
        State.SIGNED_OUT: f"it refused the sign-in twice: sign in to {name} again; usagetray notices by itself",
        State.NOT_ALLOWED: f"the login or key lacks the right to read usage: sign in with {name} itself",
        State.OFFLINE: "it could not be reached: check the network connection",
        State.DNS: "the network does not know its address: check the network connection and its name servers",
        State.TLS: "its certificate did not check out: check this computer's clock, or ask who runs the network",
        State.PROXY: "the proxy refused: check the proxy settings of the system",
        State.PORTAL: "a login page answered instead: open a browser and log in to this network",
        State.SERVER_ERROR: f"{name} answered with an error: nothing to do, it is asked again",
        State.BAD_DATA: "what it says cannot be read: update usagetray, or report it with `usagetray doctor --report`",
        State.EXPIRED: f"the access has run out: open {name} once; it renews it by itself",
        State.NOT_CONNECTED: f"nothing is there yet: use {name} once",
        State.SECRET_STORE_LOCKED: "the key store is locked: unlock it; usagetray notices by itself",
        State.SECRET_STORE_MISSING: "no key store answers: install gnome-keyring, KWallet or KeePassXC",
        State.CREDENTIAL_MALFORMED: f"the login file cannot be read: open {name} once; it writes the file anew",
    }.get(state, "it did not answer: try again later")


# ---- the desktop -------------------------------------------------------------------------------------------


def _icon(seen: Examination) -> Iterator[Finding]:
    if not seen.has_desktop:
        text = "There is no desktop here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no icon can be shown: "
        text += "start usagetray inside your desktop session, or read `usagetray status` here."
        yield Finding(topic="Icon", grade="note", text=text)
    elif seen.bus is not None:
        yield _host(seen)
    yield from _instance(seen)


def _host(seen: Examination) -> Finding:
    bus = seen.bus
    old = "The panel takes icons the old way (XEmbed), and usagetray uses that."
    if bus.has_host:
        return Finding(topic="Icon", grade="ok", text=f"The panel ({plain(bus.watcher)}) shows tray icons.")
    if bus.problem is not None:
        text = f"The session bus cannot be used ({bus.problem}), and through it panels show icons"
        if seen.old_panel:
            return Finding(topic="Icon", grade="note", text=f"{text}; this panel also takes them the old way (XEmbed).")
        text += ": start usagetray from your desktop's menu or its terminal, not from ssh, sudo or cron."
        return Finding(topic="Icon", grade="wrong", text=text)
    if seen.old_panel:
        return Finding(topic="Icon", grade="ok", text=old)
    names = seen.session.get("XDG_CURRENT_DESKTOP", "").lower().replace("-", ":").split(":")
    known = next((NO_TRAY[name] for name in names if name in NO_TRAY), None)
    cure = known or "start a panel that has a system tray (waybar, xfce4-panel, your desktop's own)"
    about: tuple[str, ...] = (f"{plain(bus.watcher)} waits for a panel, and none has come.",) if bus.watcher else ()
    if seen.old_panel is None and "DISPLAY" in seen.session:
        about += ("The X server that DISPLAY names did not answer.",)
    text = f"No panel here shows tray icons: {cure}; the icon then comes by itself."
    return Finding(topic="Icon", grade="wrong", text=text, about=about)


def _instance(seen: Examination) -> Iterator[Finding]:
    if not seen.tray_runs:
        if seen.writer_runs:
            text = "A usagetray without an icon is at work (`run --headless`, or one that hangs): "
            text += "end it if you want the icon, then start `usagetray`."
        else:
            text = "The tray is not running: start it with `usagetray`."
        yield Finding(topic="Icon", grade="note", text=text)
    elif seen.bus is not None and seen.bus.has_host and not seen.bus.icons:
        text = "The tray is running, but the panel does not know its icon: quit usagetray and start it again."
        yield Finding(topic="Icon", grade="wrong", text=text)
    else:
        yield Finding(topic="Icon", grade="ok", text="The tray is running.")


def _window(seen: Examination) -> Iterator[Finding]:
    grade: Grade = "wrong" if seen.has_desktop else "note"
    found = seen.window
    if found.problem is None:
        yield Finding(topic="Popup", grade="ok", text=f"The popup's toolkit loads (Qt {found.qt}).")
        return
    missing = ", ".join(found.missing)
    if found.problem == "library" and found.packages:
        text = f"The popup cannot open, for a system library is missing ({missing}): "
        text += f"apt install {' '.join(found.packages)}"
    elif found.problem == "library":
        text = f"The popup cannot open, for a system library is missing ({missing}): install the package it comes in"
    elif found.problem == "no PySide6":
        text = "The popup cannot open, for its toolkit is not installed: pip install PySide6-Essentials"
    else:
        text = "The popup cannot open, for Qt does not load: pip install --force-reinstall PySide6-Essentials"
    text += "; until then the figures are in the icon's menu."
    yield Finding(topic="Popup", grade=grade, text=text)


def _alerts(seen: Examination) -> Iterator[Finding]:
    bus, alerts = seen.bus, seen.settings.alerts
    if not alerts.enabled:
        text = "Alerts are switched off: `usagetray config set alerts.enabled true` switches them on."
        yield Finding(topic="Alerts", grade="note", text=text)
    if seen.has_desktop and bus is not None:
        if bus.problem is not None:
            text = "Alerts cannot be shown without the session bus: start usagetray from your desktop's menu."
            yield Finding(topic="Alerts", grade="wrong", text=text)
        elif bus.notifications is None:
            text = "No notification service runs here, so alerts cannot be shown: start your desktop's, or install one "
            text += "(apt install dunst)."
            yield Finding(topic="Alerts", grade="wrong", text=text)
        else:
            text = f"Alerts are shown by {plain(bus.notifications)}."
            if bus.notifications == "starts when needed":
                text = "The notification service starts when the first alert comes."
            yield Finding(topic="Alerts", grade="ok", text=text)
    for failure in seen.hook_failures:
        key = "alerts.command" if failure.hook == COMMAND else "alerts.webhook"
        text = f"What {key} names {plain(failure.reason)} ({ago(failure.at, seen.at)}): correct it with "
        text += "`usagetray config edit`, then try `usagetray alerts test`."
        yield Finding(topic="Alerts", grade="wrong", text=text)


def _keys(seen: Examination) -> Iterator[Finding]:
    grade: Grade = "wrong" if seen.needs_keys else "note"
    whose = f"the keys of {', '.join(seen.needs_keys)}" if seen.needs_keys else "keys, which nothing needs yet,"
    if seen.key_store is Cause.STORE_MISSING:
        text = f"No key store answers, so {whose} cannot be kept: install gnome-keyring, KWallet or KeePassXC, or give "
        text += "keys in environment variables."
    elif seen.key_store is not None:
        text = f"The key store is locked, so {whose} cannot be read: unlock it; usagetray notices by itself."
    elif seen.bus is not None and seen.bus.secrets == "starts when needed":
        grade, text = "ok", "The key store starts when it is needed."
    else:
        grade, text = "ok", "The system's key store can be read."
    yield Finding(topic="Keys", grade=grade, text=text, about=(f"Our entries there are called {seen.key_service!r}.",))


# ---- our own files -----------------------------------------------------------------------------------------


def _settings(seen: Examination) -> Iterator[Finding]:
    for problem in seen.settings.problems:
        text = f"{plain(problem, 300).removesuffix('.')}; correct it with `usagetray config edit`."
        yield Finding(topic="Settings", grade="wrong", text=text)
    if not seen.settings.problems:
        yield Finding(topic="Settings", grade="ok", text="The settings are in order.")
    for place in seen.loose:
        text = f"Others on this computer can look into {plain(place, 200)}: chmod go= {plain(place, 200)}."
        yield Finding(topic="Settings", grade="wrong", text=text)
    if seen.seams:
        named = ", ".join(f"{name} = {value}" for name, value in seen.seams.items())
        text = f"This is no plain run, it goes by {plain(named, 300)}: leave that out to see your usual figures."
        yield Finding(topic="Settings", grade="note", text=text)


def _history(seen: Examination) -> Iterator[Finding]:
    store = seen.store
    if store.free is not None and store.free < FULL_BELOW:
        text = f"The disk is full ({store.free // 2**20} MB free), so figures are shown but not kept: free some space."
        yield Finding(topic="History", grade="wrong", text=text)
    if not store.exists:
        text = "Nothing is recorded yet: start `usagetray`, or look once with `usagetray status`."
        yield Finding(topic="History", grade="note", text=text)
    elif store.is_damaged:
        text = (
            f"The history is damaged ({plain(store.problem)}): start `usagetray`; it saves what can be read and keeps "
        )
        text += "the old file."
        yield Finding(topic="History", grade="wrong", text=text)
    elif store.problem is not None:
        text = f"The history cannot be opened ({plain(store.problem)}): check the permissions of its file and folder."
        yield Finding(topic="History", grade="wrong", text=text)
    elif store.schema is not None and store.schema > store.known_schema:
        text = f"The history was written by a newer usagetray (schema {store.schema}, this one knows "
        text += f"{store.known_schema}): update usagetray."
        yield Finding(topic="History", grade="wrong", text=text)
    else:
        text = f"The history is sound (schema {store.schema}, {-(-store.size // 1024)} KB)."
        yield Finding(topic="History", grade="ok", text=text)
    if store.set_aside:
        text = (
            f"Damaged history was set aside as {plain(', '.join(store.set_aside), 200)}: delete it if you miss nothing."
        )
        yield Finding(topic="History", grade="note", text=text)


def _crashes(seen: Examination) -> Iterator[Finding]:
    if seen.crashes:
        last = seen.crashes[0]
        often = "once" if len(seen.crashes) == 1 else f"{len(seen.crashes)} times"
        text = f"It broke down {often}, last in {plain(last.process, 20)}, {ago(last.at, max(seen.at, last.at))}: "
        text += f"{plain(last.path, 300)} has the details and stays on this computer; "
        text += "`usagetray doctor --report` shows them without names and paths of yours, to be sent in by you."
        yield Finding(topic="Breakdowns", grade="note", text=text)


# ---- the sources -------------------------------------------------------------------------------------------


def _sources(seen: Examination) -> Iterator[Finding]:
    for tool in seen.tools:
        yield from _tool(tool, seen)


def _tool(tool: ToolAnswers, seen: Examination) -> Iterator[Finding]:
    topic = tool.name
    if tool.home is not None and sum(each.provider == tool.provider for each in seen.tools) > 1:
        topic = f"{tool.name} in {tool.home}"
    connect = f"`usagetray connect {tool.provider}{' --account ' * bool(tool.account)}{tool.account}`"
    if not tool.enabled:
        yield Finding(topic=topic, grade="note", text=f"It is switched off: {connect} switches it on.")
        return
    if tool.home is not None and not tool.used_here and not any(each.works for each in tool.sources):
        text = f"No trace of it in {plain(tool.home, 200)}: use {tool.name} once, or name its folder in "
        text += f"providers.{tool.provider}.homes (`usagetray config edit`)."
        yield Finding(topic=topic, grade="note", text=text)
        return
    is_connected = any(each.consent for each in tool.sources)
    if tool.home is None and not is_connected:
        yield Finding(topic=topic, grade="note", text=f"It is not connected: {connect} asks for its key.")
        return
    if not any(each.works for each in tool.sources) and not any(_is_wrong(each) for each in tool.sources):
        yield _nothing(tool, topic, connect)
    for name, stands in tool.helpers:
        if stands:
            yield Finding(topic=topic, grade="ok", text=f"Our helper stands in its settings ({name}).")
    for source in tool.sources:
        yield _source(tool, source, topic, seen.at)


def _nothing(tool: ToolAnswers, topic: str, connect: str) -> Finding:
    """It is used here, nothing is broken, and yet there is no figure."""
    missing = [name for name, stands in tool.helpers if not stands]
    missing += [each.offer for each in tool.sources if each.consent is False]
    waits = [each for each in tool.sources if each.asks != "files" and each.now is State.FRESH and not each.tried]
    if waits:
        text = f"It has not been asked yet ({waits[0].label}): start `usagetray`."
        return Finding(topic=topic, grade="note", text=text)
    if tool.home is None:
        text = f"It is allowed, but its key is not here: {connect} asks for it."
        return Finding(topic=topic, grade="wrong", text=text)
    text = f"{tool.name} is used here, but nothing it left gives figures: "
    text += f"{connect} allows more ({', '.join(missing)})." if missing else f"use {tool.name} once."
    return Finding(topic=topic, grade="wrong", text=text)


_CALM = (State.FRESH, State.NOT_CONNECTED, State.STALE)


def _is_wrong(source: SourceAnswers) -> bool:
    return any(state is not None and state not in _CALM for state in (source.now, _asked(source)))


def _asked(source: SourceAnswers) -> State | None:
    """How asking went by the record; what the files say now is newer than any record of files."""
    return source.state if source.asks != "files" and source.now is State.FRESH and source.tried else None


def _source(tool: ToolAnswers, source: SourceAnswers, topic: str, now: datetime) -> Finding:
    label = source.label[:1].upper() + source.label[1:]
    about = _particulars(source, now)
    if source.consent is False:
        text = (
            f"{label}: not allowed; `usagetray connect {tool.provider} --only {source.offer}` says what it would read."
        )
        return Finding(topic=topic, grade="note", text=text)
    state = _asked(source) or source.now or State.NOT_CONNECTED
    if source.works:
        age = f", {ago(source.figures_at, now)}" if source.figures_at else ""
        return Finding(topic=topic, grade="ok", text=f"{label}: figures{age}.", about=about)
    if state is State.FRESH:
        text = "nothing to tell now." if source.asks == "files" else "ready to be asked: start `usagetray`."
        return Finding(topic=topic, grade="note", text=f"{label}: {text}", about=about)
    detail = plain(source.detail) if state is source.now else plain(source.tried[-1].detail)
    if state is State.NOT_CONNECTED and (source.offer, False) in tool.helpers:
        command = f"`usagetray connect {tool.provider} --only {source.offer}`"
        text = f"{label}: our helper is not in its settings; {command} says what it would write."
        return Finding(topic=topic, grade="note", text=text, about=about)
    if state is State.NOT_CONNECTED:
        text = f"{label}: {detail or 'nothing is there yet'}"
        text += f"; that changes once {tool.name} is used." if tool.home is not None else "."
        return Finding(topic=topic, grade="note", text=text, about=about)
    grade: Grade = "note" if state is State.STALE else "wrong"
    why = f" ({detail})" if detail else ""
    return Finding(topic=topic, grade=grade, text=f"{label}: {remedy(state, tool.name)}{why}.", about=about)


def _particulars(source: SourceAnswers, now: datetime) -> tuple[str, ...]:
    lines = [
        f"{each.what}: {plain(each.where, 200)} ({'there' if each.found else 'not there'})" for each in source.looked
    ]
    for tried in reversed(source.tried):
        how = "answered" if tried.state is State.FRESH else tried.state.value.replace("_", " ")
        detail = f" ({plain(tried.detail)})" if tried.detail else ""
        lines.append(f"{'tried' if source.asks != 'files' else 'changed'} {ago(tried.at, now)}: {how}{detail}")
    if source.next_at is not None and source.asks != "files":
        lines.append(f"next try {countdown(source.next_at, now)}")
    for what, names in (("could not be read", source.dropped), ("left out", source.ignored)):
        if names:
            lines.append(f"{what}: {', '.join(plain(name) for name in names)}")
    return tuple(lines)
