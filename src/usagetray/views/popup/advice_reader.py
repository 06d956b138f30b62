"""What the page "Advice" is worked out from, read from the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from usagetray.domain.advice.own_advice import OwnAdvice


def store_advice(environ: Mapping[str, str]) -> Callable[[], OwnAdvice]:
    def read() -> OwnAdvice:
        from usagetray.profile import open_profile
        from usagetray.spine.advising import own_advice

        return without_lines(own_advice(open_profile(environ)))

    return read


def without_lines(found: OwnAdvice) -> OwnAdvice:
    """Without the responses it was added up from: some 4 KB each, which the window would keep as long as it lives."""
    report = found.report
    if report is None:
        return found
    covered = {vendor: replace(use, lines=()) for vendor, use in report.covered.items()}
    billed = replace(report.billed, lines=()) if report.billed is not None else None
    return replace(found, report=replace(report, covered=covered, billed=billed))
