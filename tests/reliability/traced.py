"""What a program did to the file system, to sockets and to processes, as the kernel saw it (strace)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CALLS = (
    "openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,symlinkat,"
    "chmod,fchmod,fchmodat,truncate,ftruncate,mknod,mknodat,flock,fcntl,bind,listen,connect,execve,execveat,clone,"
    "clone3,fork,vfork,utimensat,setxattr,fsetxattr"
)
CALL = re.compile(r"^(?:\d+ +)?(?P<name>\w+)\((?P<args>.*)\)\s+= (?P<result>-?\d+|\?)")
PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
OF_DESCRIPTOR = re.compile(r"^(?:\w+|-?\d+)<([^>]*)>")


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    args: str
    done: bool  # it succeeded

    @property
    def paths(self) -> list[str]:
        """Absolute, of everything that it names or that its descriptor stands for."""
        at = OF_DESCRIPTOR.match(self.args)
        base = at[1] if at else "/"
        named = [os.path.normpath(Path(base) / each) for each in PATH.findall(self.args)]
        return named or ([base] if at else [])

    @property
    def mode(self) -> int | None:
        """With which something is made."""
        found = re.search(r", (0[0-7]*)\)?$", self.args)
        return int(found[1], 8) if found else None

    @property
    def writes(self) -> bool:
        """It changes what others find on the disk, or may."""
        if self.name in ("openat", "open"):
            return re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)", self.args) is not None
        if self.name == "fcntl":
            return "LK" in self.args and "F_UNLCK" not in self.args and "F_GETLK" not in self.args
        return self.name not in ("bind", "listen", "connect", "execve", "execveat", "clone", "clone3", "fork", "vfork")


def trace(
    command: Sequence[str], env: Mapping[str, str], cwd: Path, out: Path, stdin: bytes = b""
) -> tuple[list[Call], subprocess.CompletedProcess[bytes]]:
    """Runs it under umask 000: its calls, and how it ended."""
    strace = shutil.which("strace")
    assert strace is not None
    traced = [
        strace,
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-y",
        "-s",
        "4096",
        "-o",
        str(out),
        "-e",
        f"trace={CALLS}",
        *command,
    ]
    done = subprocess.run(
        traced, env=dict(env), cwd=cwd, input=stdin, capture_output=True, check=False, umask=0, timeout=60
    )
    return list(_calls(out)), done


def _calls(out: Path) -> Iterator[Call]:
    unfinished: dict[str, str] = {}
    for line in out.read_text(errors="replace").splitlines():
        pid, _, rest = line.partition(" ")
        rest = rest.strip()
        if rest.endswith("<unfinished ...>"):
            unfinished[pid] = rest.removesuffix("<unfinished ...>").rstrip()
            continue
        resumed = re.match(r"<\.\.\. \w+ resumed>(.*)", rest)
        if resumed:
            rest = unfinished.pop(pid, "") + resumed[1]
        found = CALL.match(rest)
        if found:
            yield Call(found["name"], found["args"], not found["result"].startswith("-"))
