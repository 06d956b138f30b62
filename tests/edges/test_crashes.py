"""What breaks the program down is written down once, masked and private, and nowhere but here."""

from __future__ import annotations

import logging
import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from usagetray.edges import crashes
from usagetray.edges.crashes import CrashHandler, report
from usagetray.edges.files import PROFILE_VARIABLE, Paths, paths
from usagetray.edges.logs import conceal, configure
from usagetray.model import Secret

CANARY = "sk-canary-0123456789abcdefghij"
PLAIN_CANARY = "correct horse battery"
"""No pattern would know it for a secret."""


@pytest.fixture
def own(tmp_path: Path) -> Paths:
    return paths({PROFILE_VARIABLE: str(tmp_path / "profile")})


def raised(text: str, cause: Exception | None) -> None:
    raise RuntimeError(text) from cause


def broken(text: str, cause: Exception | None = None) -> Exception:
    try:
        raised(text, cause)
    except RuntimeError as error:
        return error
    raise AssertionError


def test_a_report_says_what_broke_where_and_with_which_versions(own: Paths) -> None:
    path = report(own, "tray", broken("the bus went away", ValueError("because of this")))

    assert path is not None
    text = path.read_text()
    assert text.startswith("usagetray 0.1.0 broke down: tray, 20")
    assert f"Python {sys.version.split()[0]}" in text
    for words in ("RuntimeError: the bus went away", "ValueError: because of this", "test_crashes.py", "in broken"):
        assert words in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.usefixtures("untouched_logging")
def test_no_secret_stands_in_it_in_a_process_with_a_log_and_in_one_without(own: Paths) -> None:
    for has_log in (False, True):
        if has_log:
            configure(own.log_dir, verbose=True)
        conceal(Secret(PLAIN_CANARY))
        error = broken(f"GET https://x.example/?key=1 with {CANARY} and {PLAIN_CANARY} {has_log}")

        path = report(own, "tray", error)

        assert path is not None
        text = path.read_text()
        assert "RuntimeError: GET https://x.example/?" in text
        assert CANARY[3:15] not in text
        assert "battery" not in text
        assert "horse batter" not in text


@pytest.mark.usefixtures("untouched_logging")
def test_the_last_lines_of_the_log_come_along(own: Paths) -> None:
    configure(own.log_dir, verbose=False)
    for number in range(60):
        logging.getLogger("usagetray.test").info("step %d", number)

    path = report(own, "tray", broken("x"))

    assert path is not None
    lines = path.read_text().splitlines()
    assert lines[-1].endswith("step 59")
    assert len([line for line in lines if "step" in line]) == 30


def test_the_same_again_is_not_written_again_and_the_newest_three_are_kept(own: Paths) -> None:
    first = report(own, "tray", broken("one"))
    assert report(own, "tray", broken("one")) == first
    for number in range(5):
        report(own, "tray", broken(f"other {number}"))

    kept = crashes.crashes(own)

    assert len(kept) == 3
    assert {each.process for each in kept} == {"tray"}
    assert all(timedelta(0) <= datetime.now(UTC) - each.at < timedelta(minutes=1) for each in kept)


def test_an_endless_text_is_cut_and_both_ends_stay(own: Paths) -> None:
    path = report(own, "popup", broken("begin " + "x" * 10**6 + " the end of it"))

    assert path is not None
    assert path.stat().st_size <= 64 * 1024
    text = path.read_text()
    assert "Traceback" in text
    assert "the end of it" in text


def test_where_nothing_can_be_written_the_program_goes_on(own: Paths) -> None:
    """A link was planted where the folder should be, or an error cannot even be told."""

    class Mute(Exception):  # noqa: N818
        def __str__(self) -> str:
            raise OSError

    own.state_dir.parent.mkdir(parents=True)
    own.state_dir.symlink_to(own.state_dir.parent)

    assert report(own, "tray", broken("x")) is None
    report(own, "tray", Mute())


@pytest.mark.usefixtures("untouched_logging")
def test_what_a_job_logs_of_an_exception_is_a_breakdown_and_others_libraries_errors_are_none(own: Paths) -> None:
    handler = CrashHandler(own, "tray")
    logging.getLogger().addHandler(handler)

    logging.getLogger("usagetray.app").error("only words")
    logging.getLogger("somebody.else").error("theirs", exc_info=broken("theirs"))
    assert crashes.crashes(own) == ()
    logging.getLogger("usagetray.app").error("a job failed", exc_info=broken("ours"))

    assert "RuntimeError: ours" in crashes.crashes(own)[0].text


def started(own: Paths, program: str) -> subprocess.CompletedProcess[str]:
    environ = {"USAGETRAY_HOME": str(own.profile), "HOME": str(own.profile), "PATH": os.defpath}
    code = f"import os\nfrom usagetray.edges.files import paths\nown = paths(os.environ)\n{program}"
    return subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)


def test_a_popup_s_uncaught_exception_is_written_down_and_still_told_to_the_tray(own: Paths) -> None:
    done = started(
        own,
        "from usagetray.edges.crashes import watch_uncaught\n"
        "import threading\n"
        "watch_uncaught(own, 'popup')\n"
        "thread = threading.Thread(target=lambda: 1 / 0)\n"
        "thread.start()\nthread.join()\nraise LookupError('in the main thread')",
    )

    assert done.returncode == 1
    assert "LookupError: in the main thread" in done.stderr
    assert "ZeroDivisionError" in done.stderr
    texts = [each.text for each in crashes.crashes(own)]
    assert len(texts) == 2
    assert any("LookupError: in the main thread" in text for text in texts)
    assert any("ZeroDivisionError" in text for text in texts)


def test_a_crash_of_native_code_is_found_by_doctor_and_taken_in_by_the_next_start(own: Paths) -> None:
    watch = "from usagetray.edges.crashes import watch_uncaught\nwatch_uncaught(own, 'popup')\n"
    done = started(own, f"{watch}import ctypes\nctypes.string_at(0)")
    assert done.returncode == -signal.SIGSEGV

    (found,) = crashes.crashes(own)
    assert found.process == "popup"
    assert "Segmentation fault" in found.text
    assert stat.S_IMODE(found.path.stat().st_mode) == 0o600
    assert started(own, watch).returncode == 0

    (taken,) = crashes.crashes(own)
    assert taken.path.name.startswith("crash-")
    assert "In native code:" in taken.text
    assert "Segmentation fault" in taken.text
    assert list(crashes.folder(own).glob("native-*")) == []
