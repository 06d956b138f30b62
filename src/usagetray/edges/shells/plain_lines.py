"""Files of plain `NAME=value` lines: `.env` and its like, `/etc/environment`, `environment.d`, `.pam_environment`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from usagetray.edges.shells.statements import Statement

LINE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)(?:[ \t]+DEFAULT)?[ \t]*=\s*(.*)", re.ASCII)
QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"\s*(?:#.*)?|'([^']*)'\s*(?:#.*)?")


def statements(text: str, known: Mapping[str, str]) -> Iterator[Statement]:
    del known
    for number, line in enumerate(text.split("\n"), 1):
        found = LINE.fullmatch(line.strip())
        if found is None:
            continue
        quoted = QUOTED.fullmatch(found[2])
        value = (quoted[1] or quoted[2] or "") if quoted else re.sub(r"(?:^|\s)#.*", "", found[2]).rstrip()
        unknown = "$" in value and not (quoted and quoted[2])
        yield Statement(kind="set", name=found[1], value=None if unknown else value, line=number, exported=True)
