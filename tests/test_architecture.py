"""The shape of the program, read off its imports: what may know what, and what may be used at all."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.source import REPOSITORY, SOURCE, nodes, tree
from usagetray.providers import discover

pytestmark = pytest.mark.usefixtures("forgotten_source")


@dataclass(frozen=True, slots=True)
class Module:
    name: str  # without "usagetray.": "edges.http", "" for the package itself
    path: Path

    @property
    def tree(self) -> ast.Module:
        return tree(self.path)

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        return nodes(self.path)

    def imports(self) -> tuple[str, ...]:
        """Everything imported anywhere in it, full names; `from a import b` gives both `a` and `a.b`."""
        return _imports(self.path)

    def own_imports(self) -> set[str]:
        """The modules of ours among them, without "usagetray."."""
        names = {each.removeprefix("usagetray.") for each in self.imports() if each.startswith("usagetray.")}
        return {each for each in names if each in MODULE_NAMES}


@cache
def _imports(path: Path) -> tuple[str, ...]:
    found: list[str] = []
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found += (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it points"
            found.append(node.module or "")
            found += (f"{node.module}.{each.name}" for each in node.names)
    return tuple(found)


def _module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = tuple(Module(_module_name(path), path) for path in sorted(SOURCE.rglob("*.py")))
MODULE_NAMES = {module.name for module in MODULES}
TOP = {"", "__main__"}
EVERYWHERE = {"quick_dataclass"}
"""Knows nothing of ours: it stands in for a module of the standard library."""
WORDS = {"model", "errors", "usage", "billing", "language", "hours"}
SPINE = {each for each in MODULE_NAMES if each.startswith("spine.")} | {
    "app",
    "desktop",
    "panel_icons",
    "demo",
    "profile",
}


def under(name: str, *places: str) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def inside(*places: str) -> list[Module]:
    return [module for module in MODULES if under(module.name, *places)]


def strangers(module: Module, *places: str) -> list[str]:
    """Modules of ours that it imports from outside the places named."""
    packages = {"edges", "providers", "views", "domain", "spine"}  # `from package import module` names the package too
    return sorted(each for each in module.own_imports() - packages - EVERYWHERE if not under(each, *places))


# ---- layers ------------------------------------------------------------------------------------------------

LAYERS = [
    (("model", "errors", "usage", "language"), ()),
    (("billing",), ("model",)),
    (("domain",), (*WORDS, "domain", "settings")),
    (("settings",), ("errors", "language", "settings")),
    (("overview",), ("model", "usage", "billing", "domain")),
    # A menu's lines are the words that the views and the tray agree on.
    (("edges",), (*WORDS, "domain", "settings", "edges", "providers.contract", "views.menu")),
]


@pytest.mark.parametrize(("layer", "below"), LAYERS, ids=[each[0][0] for each in LAYERS])
def test_a_layer_knows_only_what_lies_below_it(layer: tuple[str, ...], below: tuple[str, ...]) -> None:
    found = {module.name: strangers(module, *below) for module in inside(*layer)}

    assert {name: known for name, known in found.items() if known} == {}


def test_a_provider_knows_the_words_the_contract_and_itself() -> None:
    found = {}
    for module in inside("providers"):
        parts = module.name.split(".")
        own = ".".join(parts[:2]) if len(parts) > 1 else "providers"
        names = ("contract", "parse", "keyed", "billed", "rehearsed", "sign_in")
        shared = tuple(f"providers.{each}" for each in names)
        found[module.name] = strangers(module, *WORDS, *shared, own)

    assert {name: known for name, known in found.items() if known} == {}


LAZY = {
    "views.popup.process": {"spine.reading", "spine.speaking", "profile"},
    "views.popup.history_reader": {"spine.history", "profile"},
    "views.popup.advice_reader": {"spine.advising", "spine.speaking", "profile", "edges.aside"},
}
"""The popup is a process of its own: its beginning is a small composition root."""


def test_a_view_knows_the_overview_and_neither_spine_nor_edges() -> None:
    allowed = (*WORDS, "domain", "overview", "settings", "views")
    found = {
        module.name: [each for each in strangers(module, *allowed) if each not in LAZY.get(module.name, set())]
        for module in inside("views")
        if not under(module.name, "views.cli")
    }

    assert {name: known for name, known in found.items() if known} == {}


def test_only_the_command_line_and_the_root_start_the_whole() -> None:
    """The spine draws nothing: of the views it knows words, not windows."""
    found = {
        module.name: [each for each in module.own_imports() if under(each, "views.popup", "views.cli", "desktop")]
        for module in MODULES
        if module.name in SPINE - {"app", "desktop"}
    }

    assert {name: known for name, known in found.items() if known} == {}


# ---- who may use what --------------------------------------------------------------------------------------

FENCED = [
    ("PySide6", ("views.popup",)),
    ("pystray", ("edges.tray",)),
    ("dbus_fast", ("edges.tray", "edges.notify_desktop")),
    ("desktop_notifier", ("edges.notify_desktop",)),
    ("plyer", ("edges.notify_plyer",)),
    ("httpx", ("edges",)),
    ("keyring", ("edges",)),
    ("sqlite3", ("edges", "providers")),
    ("apscheduler", ("app",)),
    ("PIL", ("views.icon", "edges.tray", "panel_icons")),
    ("subprocess", ("edges", "views.cli", "desktop", "statusline", "statusline_former")),
]


@pytest.mark.parametrize(("package", "places"), FENCED, ids=[each[0] for each in FENCED])
def test_a_package_is_used_where_it_belongs_and_nowhere_else(package: str, places: tuple[str, ...]) -> None:
    users = {module.name for module in MODULES for each in module.imports() if under(each, package)}
    users |= {module.name for module in MODULES for _, text in strings(module) if text.startswith(f"{package}.")}

    assert {each for each in users if not under(each, *places)} == set()
    assert users, f"nobody uses {package}: take it off the list"


IMPURE = (
    *("time", "os", "io", "socket", "ssl", "select", "subprocess", "threading", "asyncio", "shutil", "tempfile", "sys"),
    *("random", "secrets", "uuid", "logging", "sqlite3", "urllib", "http", "httpx", "locale", "zoneinfo", "tzlocal"),
)


def test_the_domain_is_a_function_of_its_arguments() -> None:
    """No clock, disk, network, log or chance; `now` is always handed in."""
    found = []
    for module in inside("domain"):
        found += [f"{module.name}: {each}" for each in module.imports() if under(each, *IMPURE)]
        for node in module.nodes:
            if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow", "open", "read_text"):
                found.append(f"{module.name}: .{node.attr}")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("open", "print"):
                found.append(f"{module.name}: {node.func.id}()")

    assert found == []


def test_now_has_no_default_in_the_domain() -> None:
    for module in inside("domain"):
        for node in module.nodes:
            if isinstance(node, ast.FunctionDef):
                with_default = node.args.args[len(node.args.args) - len(node.args.defaults) :]
                assert "now" not in [each.arg for each in with_default], f"{module.name}.{node.name}"


@cache
def strings(module: Module) -> tuple[tuple[int, str], ...]:
    """All texts in the code but docstrings."""
    documentation = {id(node.value) for node in module.nodes if isinstance(node, ast.Expr)}
    return tuple(
        (node.lineno, node.value)
        for node in module.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    )


MADE_FOR_ONE = ("statusline", "statusline_former")
"""The helper that Claude Code starts after each answer: looking for providers would cost it its 45 ms."""


def test_a_provider_s_id_stands_nowhere_outside_its_package() -> None:
    """Adding one touches its package; a special case elsewhere would be the end of that."""
    ids = {provider.id: f"providers.{provider.id}" for provider in discover()}
    found = [
        f"{module.name}:{line}: {text!r}"
        for module in MODULES
        for line, text in strings(module)
        for provider_id, package in ids.items()
        if not under(module.name, package, *MADE_FOR_ONE) and re.search(rf"(?<![\w-]){provider_id}(?![\w-])", text)
    ]

    assert found == []


def test_nothing_happens_at_import() -> None:
    """No module reads the environment, makes a folder or starts a thread by being imported."""
    doing = ("environ", "getenv", "mkdir", "Thread", "connect", "Client", "getLogger().addHandler", "basicConfig")
    found = []
    for module in MODULES:
        for statement in module.tree.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr):
                calls = [each for each in ast.walk(statement) if isinstance(each, ast.Call)]
                names = {each.func.attr for each in calls if isinstance(each.func, ast.Attribute)}
                names |= {each.func.id for each in calls if isinstance(each.func, ast.Name)}
                found += [f"{module.name}:{statement.lineno}" for each in doing if each in names]

    assert found == []


# ---- what may not be used at all ---------------------------------------------------------------------------

BANNED_MODULES = ("pickle", "cPickle", "marshal", "shelve", "dill", "jsonpickle", "yaml", "imp", "telnetlib")
BANNED_CALLS = {
    *("eval", "exec", "compile", "__import__", "mktemp", "os.system", "os.popen", "tempfile.mktemp"),
    *("ssl._create_unverified_context", "pickle.loads", "marshal.loads", "os.tempnam"),
}
SHELL_IS_THE_OWNER_S = {"statusline_former"}
"""Runs the user's own status line command, exactly as its owner would: through the platform's shell."""


def called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def test_shipped_code_holds_no_dangerous_construct() -> None:
    found = []
    for module in MODULES:
        found += [f"{module.name}: {each}" for each in module.imports() if under(each, *BANNED_MODULES)]
        for node in module.nodes:
            if isinstance(node, ast.Call):
                if called(node) in BANNED_CALLS:
                    found.append(f"{module.name}:{node.lineno}: {called(node)}()")
                for keyword in node.keywords:
                    value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
                    is_shell = keyword.arg == "shell" and value is not False
                    if is_shell and module.name not in SHELL_IS_THE_OWNER_S:
                        found.append(f"{module.name}:{node.lineno}: shell=")
                    if (keyword.arg, value) in {("verify", False), ("check_hostname", False), ("trust_env", True)}:
                        found.append(f"{module.name}:{node.lineno}: {keyword.arg}={value}")
            if isinstance(node, ast.Attribute) and node.attr in ("CERT_NONE", "check_hostname", "verify_mode"):
                found.append(f"{module.name}:{node.lineno}: {node.attr}")

    assert found == []


def test_what_catches_everything_says_why() -> None:
    """`except Exception` only at the top of a job, which logs it or has a comment that tells; a bare one never."""
    found = []
    for module in MODULES:
        lines = module.path.read_text(encoding="utf-8").splitlines()
        for node in module.nodes:
            if isinstance(node, ast.ExceptHandler):
                is_wide = node.type is not None and ast.unparse(node.type) == "Exception"
                has_reason = "#" in lines[node.lineno - 1] or lines[node.lineno].lstrip().startswith("#")
                is_logged = ast.unparse(node.body[0]).startswith("log.exception(")
                if node.type is None or (is_wide and not has_reason and not is_logged):
                    found.append(f"{module.name}:{node.lineno}")

    assert found == []


@pytest.mark.parametrize("module", MODULES, ids=lambda each: each.name)
def test_no_file_is_longer_than_a_small_room(module: Module) -> None:
    """Over 400 lines it is two files that have not met yet."""
    assert len(module.path.read_text(encoding="utf-8").splitlines()) <= 400


# ---- dependencies and start-up -----------------------------------------------------------------------------


COMES_WITH = {"secretstorage": "keyring"}
"""Only Linux has it, where keyring requires it: it is the store that keyring itself would ask."""


def test_every_foreign_import_is_declared() -> None:
    """What comes along with another package today may be gone with its next version."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[^A-Za-z0-9_-]", each)[0].lower() for each in project["dependencies"]}
    distributions = importlib.metadata.packages_distributions()
    found = {}
    for module in MODULES:
        for each in module.imports():
            top = each.partition(".")[0]
            if top and top not in sys.stdlib_module_names and top != "usagetray":
                made_by = {name.lower().replace("_", "-") for name in distributions.get(top, [top])}
                if not made_by & declared and COMES_WITH.get(top) not in declared:
                    found[top] = module.name

    assert found == {}


HEAVY = {"httpx", "keyring", "apscheduler", "pystray", "PIL", "PySide6", "dbus_fast", "desktop_notifier"}


def loaded_by(program: str, folder: Path) -> set[str]:
    """The top-level packages a fresh interpreter has loaded at the end of the program."""
    environ = {**os.environ, "HOME": str(folder), "USAGETRAY_HOME": str(folder / "profile")}
    code = f"import sys, json\n{program}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    modules: list[str] = json.loads(done.stdout.splitlines()[-1])
    return {each.partition(".")[0] for each in modules}


def test_the_status_line_helper_loads_next_to_nothing(tmp_path: Path) -> None:
    """Claude Code waits for it after every answer."""
    loaded = loaded_by("import usagetray.statusline", tmp_path)

    assert loaded & (HEAVY | {"msgspec", "sqlite3", "logging", "argparse", "pathlib", "tomlkit"}) == set()


QUICK = ("status", "status --json", "report --json", "report weekly", "config get", "alerts", "--version")


@pytest.mark.parametrize("words", [each.split() for each in QUICK], ids=QUICK)
def test_a_quick_verb_loads_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    program = f"from usagetray.views.cli import main\ntry:\n    main({words!r})\nexcept SystemExit:\n    pass"

    assert loaded_by(program, tmp_path) & HEAVY == set()


def test_the_tray_loads_no_window_toolkit(tmp_path: Path) -> None:
    """The popup is a process of its own, so that the tray stays small and outlives it."""
    loaded = loaded_by("import usagetray.app, usagetray.desktop", tmp_path)

    assert "PySide6" not in loaded
