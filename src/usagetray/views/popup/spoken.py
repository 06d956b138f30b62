"""Shown words made fit for a screen reader: units in full, no signs."""

from __future__ import annotations

import re

_UNITS = {"d": "day", "h": "hour", "m": "minute", "s": "second"}
_SPAN = re.compile(r"(\d+)[\s\u00a0]([dhms])\b")
_DAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday",
    "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip
_DAY = re.compile(r"\b(" + "|".join(_DAYS) + r")\b(?=[\s\u00a0]\d)")


def spoken(text: str) -> str:
    """ "resets Mon 09:00 · in 2 d 13 h" becomes "resets Monday 09:00, in 2 days 13 hours"."""
    text = _SPAN.sub(lambda found: f"{found[1]} {_UNITS[found[2]]}{'' if found[1] == '1' else 's'}", text)
    text = _DAY.sub(lambda found: _DAYS[found[1]], text)
    text = re.sub(r"<(\d+)[\s\u00a0\u202f]?%", r"less than \1 percent", text)
    text = re.sub(r">(\d+)[\s\u00a0\u202f]?%", r"more than \1 percent", text)
    text = re.sub(r"[\s\u00a0\u202f]?%", " percent", text)
    return text.replace(" · ", ", ").replace("\u00a0", " ").replace("\u202f", " ").replace("–", "not given").strip()


def sentences(*parts: str) -> str:
    """The parts that say something, each as a sentence."""
    said = (spoken(part) for part in parts if part)
    return " ".join(part[:1].upper() + part[1:].rstrip(".") + "." for part in said)
