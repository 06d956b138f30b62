"""What the page "Advice" is worked out from, read from the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from usagetray.domain.advice.own_advice import OwnAdvice


def store_advice(environ: Mapping[str, str]) -> Callable[[], OwnAdvice]:
    def read() -> OwnAdvice:
        from usagetray.profile import open_profile
        from usagetray.spine.advising import own_advice

        return own_advice(open_profile(environ))

    return read
