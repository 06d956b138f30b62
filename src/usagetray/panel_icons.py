"""The icons in the panel: one for all, or one for each provider, and what each shows now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING

from usagetray.overview import Overview
from usagetray.settings import Settings
from usagetray.views.headline import Headline, followed, headline
from usagetray.views.icon.picture import IconPicture, Style
from usagetray.views.icon.render import render_icon
from usagetray.views.menu import label_text, tooltip

if TYPE_CHECKING:
    from PIL.Image import Image

    from usagetray.edges.tray.choice import Tray
    from usagetray.views.icon.grids import Theme

MOST = 6
"""Further icons than these would push others out of the panel."""


class PanelIcons:
    """The first icon is always there; others come and go with the setting and the accounts. From one thread."""

    def __init__(self, first: Tray, make: Callable[[int], Tray] | None) -> None:
        """`make(number)`: a further icon, from 2 on; None where the system takes one of a process only."""
        self._first = PanelIcon(first)
        self._make = make
        self._others: dict[str, PanelIcon] = {}
        self._number = 1

    def show(
        self, overview: Overview, settings: Settings, zone: tzinfo, theme: Theme, *, keep_tips: bool = False
    ) -> None:
        """`keep_tips`: a panel shows a changed tooltip anew, and that would lie over an open popup."""
        wanted = self._providers(overview, settings)
        for gone in set(self._others) - set(wanted[1:]):
            self._others.pop(gone).tray.stop()
        for provider in wanted[1:]:
            if provider not in self._others and self._make is not None:
                self._number += 1
                self._others[provider] = PanelIcon(self._make(self._number))
                self._others[provider].tray.start()
        shown: Mapping[str, PanelIcon] = {**self._others, wanted[0]: self._first}
        for provider, icon in shown.items():
            icon.show(followed(overview, provider), settings, zone, theme, keep_tip=keep_tips)

    def stop(self) -> None:
        for icon in (*self._others.values(), self._first):
            icon.tray.stop()

    def _providers(self, overview: Overview, settings: Settings) -> list[str]:
        """By id; "" for an icon that speaks of all."""
        if not settings.icon.separate or self._make is None:
            return [settings.icon.follow]
        return list(dict.fromkeys(account.provider for account in overview.accounts))[:MOST] or [""]


class PanelIcon:
    """One icon: drawn anew only when its picture is another one."""

    def __init__(self, tray: Tray) -> None:
        self.tray = tray
        self._headline: Headline | None = None
        self._picture: tuple[IconPicture, Theme, Style, bool] | None = None
        self._images: tuple[Image, ...] = ()
        self._tip = ("usagetray", "")

    def show(self, overview: Overview, settings: Settings, zone: tzinfo, theme: Theme, *, keep_tip: bool) -> None:
        look = settings.icon
        self._headline = headline(overview, self._headline)
        picture = (self._headline.picture, theme, look.style, look.colour != "never")
        if picture != self._picture:
            self._picture = picture
            said, _, style, coloured = picture
            self._images = tuple(render_icon(said, size, theme, style, coloured=coloured) for size in self.tray.sizes)
        if not keep_tip:
            title, _, rest = tooltip(overview, zone, settings.show_left).partition("\n")
            self._tip = (title, rest)
        label = label_text(overview, self._headline, settings.show_left) if look.label else None
        self.tray.show(self._images, title=self._tip[0], tooltip=self._tip[1], label=label)
        self.tray.menu_changed()
