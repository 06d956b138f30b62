"""Whether the user's system counts twelve hours or twenty-four."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Mapping

VARIABLES = ("LC_ALL", "LC_TIME", "LANG")
"""In the order in which the C library looks at them for times."""

TWELVE = re.findall(
    r"[A-Z]+",
    "AE AG AL AR AS AU BB BD BH BM BN BO BS BT CA CL CO CR CU CY DJ DM DO DZ EC EG EH ER ET FJ FM GD GH GM GR GT "
    "GU GY HK HN IN IQ JM JO KH KI KN KP KR KW KY LB LC LR LS LY MH MO MP MR MW MX MY NA NI NZ OM PA PE PG PH PK "
    "PR PS PW PY QA SA SB SD SG SL SO SS SV SY SZ TC TD TN TO TT TW UM US UY VC VE VG VI VU WS YE ZM ",
)
"""Territories whose languages mostly write twelve hours, by the Unicode CLDR as Babel 2.18 holds it."""
TWENTY_FOUR = frozenset({"fr_CA"})
"""Languages that differ from their territory there."""


def has_twelve_hours(environ: Mapping[str, str]) -> bool:
    said = next((environ[each] for each in VARIABLES if environ.get(each)), "")
    if said:
        name = said.partition(".")[0].partition("@")[0].replace("-", "_")
        return name not in TWENTY_FOUR and name.partition("_")[2].upper() in TWELVE
    return _of_desktop()


def _of_desktop() -> bool:
    """Of systems whose programs are not told in the environment."""
    if sys.platform == "win32":
        import ctypes

        answer = ctypes.create_unicode_buffer(4)
        itime = 0x23  # LOCALE_ITIME: "0" is twelve hours
        ctypes.windll.kernel32.GetLocaleInfoEx(None, itime, answer, len(answer))
        return answer.value == "0"
    if sys.platform == "darwin":
        foundation = importlib.import_module("Foundation")  # comes with pystray, on this system only
        formatter = foundation.NSDateFormatter
        shown = formatter.dateFormatFromTemplate_options_locale_("j", 0, foundation.NSLocale.currentLocale())
        return "a" in str(shown)
    return False
