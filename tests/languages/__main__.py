"""`python -m tests.languages`: bring the catalogues in step with the code, and compile them."""

from __future__ import annotations

import sys

from tests.languages.catalogues import LANGUAGES, update


def main() -> int:
    missing = {language: update(language) for language in LANGUAGES}
    for language, texts in missing.items():
        for text in texts:
            print(f"{language}: no words yet for {text!r}")  # noqa: T201
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
