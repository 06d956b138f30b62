"""What importing an edge costs: nothing heavy before it is used."""

import subprocess
import sys

LAZY = "httpx keyring secretstorage desktop_notifier plyer asyncio certifi multiprocessing platformdirs"
EDGES = "http keychain notify notify_plyer logs channel power"


def test_no_library_is_loaded_before_the_first_request_key_or_alert() -> None:
    """The module behind desktop alerts is not among them: `choose` loads it, and asyncio with it."""
    imports = "".join(f"import usagetray.edges.{edge}\n" for edge in EDGES.split())
    code = f"import sys\n{imports}"
    code += f"print(*sorted(set({LAZY.split()!r}) & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""
