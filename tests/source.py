"""The program's own code as trees, parsed and walked once for all the tests of a file that read it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
SOURCE = REPOSITORY / "src" / "usagetray"


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All of them, in the order of `ast.walk`."""
    return tuple(ast.walk(tree(path)))
