"""The Chromium that browser tests drive: found on the machine, or installed by `make test`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def chromium() -> str | None:
    """The path of a Chromium: the one named by CHROMIUM, the machine's, else Playwright's own."""
    names = [os.environ["CHROMIUM"]] if "CHROMIUM" in os.environ else NAMES
    found = next(filter(None, map(shutil.which, names)), None)
    return found or playwrights()


def playwrights() -> str | None:
    """The browser that Playwright has downloaded, if it has."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def install() -> None:
    """Try Debian's package where this user may install, then Playwright's download."""
    print("Installing a Chromium for the browser tests …", flush=True)
    if debian() and chromium():
        return
    attempt([sys.executable, "-m", "playwright", "install", "chromium"])


def debian() -> bool:
    """Install Debian's Chromium, as root or by a sudo that asks nothing."""
    if not shutil.which("apt-get"):
        return False
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and not (shutil.which("sudo") and attempt(["sudo", "-n", "true"])):
        return False
    quiet = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    attempt([*quiet, "update"])
    return attempt([*quiet, "install", "-y", "--no-install-recommends", "chromium"])


def attempt(command: list[str]) -> bool:
    """Run a command; False when it failed, with its last words shown."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(f"{' '.join(command)}: {done.stderr.strip()[-400:]}", file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    if not chromium():
        install()
    if not chromium():
        print("There is no Chromium: the browser tests cannot run.", file=sys.stderr)
