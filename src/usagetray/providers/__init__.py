"""The providers known to this program, found by looking: a module here that has a `PROVIDER` is one."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from usagetray.providers.contract import Provider

NOT_PROVIDERS = frozenset({"billed", "contract", "keyed", "parse", "rehearsed", "sign_in", "user_defined"})


@cache
def discover() -> tuple[Provider, ...]:
    """All providers, in the order of their ids."""
    found = []
    for module_info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        if module_info.name not in NOT_PROVIDERS:
            module = importlib.import_module(f"{__name__}.{module_info.name}")
            found.append(module.PROVIDER)
    return tuple(found)


def bears_module(provider_id: str) -> bool:
    """Whether a module here bears the id; it is not imported to find out."""
    module = provider_id.replace("-", "_")
    return module.isidentifier() and importlib.util.find_spec(f"{__name__}.{module}") is not None


def named(ids: Iterable[str]) -> tuple[Provider, ...]:
    """Those with these ids, in the order of `discover`; unknown ids are left out.

    For readers in a hurry: a provider whose module bears its id is had without importing the others.
    """
    wanted = set(ids)
    found = [_of_module(each) for each in sorted(wanted)]
    if any(each is None for each in found):
        return tuple(each for each in discover() if each.id in wanted)
    return tuple(each for each in found if each is not None)


def _of_module(provider_id: str) -> Provider | None:
    module = provider_id.replace("-", "_")
    if not module.isidentifier():
        return None
    name = f"{__name__}.{module}"
    try:
        provider = getattr(importlib.import_module(name), "PROVIDER", None)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None
    return provider if isinstance(provider, Provider) and provider.id == provider_id else None


def with_logs() -> tuple[Provider, ...]:
    """Those whose tools keep logs that count; had without importing the others. Their packages hold a `counting`."""
    packages = (each.name for each in pkgutil.iter_modules(__path__) if each.ispkg)
    names = [each for each in packages if any(Path(place, each, "counting.py").is_file() for place in __path__)]
    return tuple(each for each in named(names) if each.logs is not None)
