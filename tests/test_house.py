"""The house stays in order: templates, fragments, commands, docstrings, sizes, imports."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from jinja2 import Environment

from tracker.app import create_app
from tracker.cli import main

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = sorted(file for name in ("tracker", "cards") for file in (ROOT / name).rglob("*.py"))
# Written in two halves, so that this file does not hold what it forbids.
FORBIDDEN = [
    "py" + "pi.org",
    "files.python" + "hosted.org",
    "registry.npm" + "js.org",
    "deb.deb" + "ian.org",
    "farm-" + "studio",
    "/wo" + "rk/",
    "/ro" + "ot/",
]


def short(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.fixture(scope="module")
def jinja(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    settings = {"DATA": tmp_path_factory.mktemp("data")}
    return create_app(settings | {"SECRET_KEY": "x" * 32}).jinja_env


@pytest.mark.parametrize("file", TEMPLATES, ids=short)
def test_every_template_compiles(file: Path, jinja: Environment) -> None:
    jinja.compile(file.read_text(), filename=str(file))


@pytest.mark.parametrize("file", [file for file in TEMPLATES if file.name[0] == "_"], ids=short)
def test_every_fragment_is_used(file: Path) -> None:
    name = str(file.relative_to(ROOT / "templates"))

    users = [other for other in [*TEMPLATES, *MODULES] if other != file]

    assert any(f'"{name}"' in other.read_text() for other in users)


def commands(group: click.Group, path: str = "perennial") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


@pytest.mark.parametrize(("name", "command"), list(commands(main)))
def test_every_command_has_help(name: str, command: click.Command) -> None:
    assert command.help


@pytest.mark.parametrize("file", MODULES, ids=short)
def test_every_module_says_what_it_is_for(file: Path) -> None:
    assert ast.get_docstring(ast.parse(file.read_text()))


@pytest.mark.parametrize("file", MODULES, ids=short)
def test_every_file_stays_under_300_lines(file: Path) -> None:
    lines = len(file.read_text().splitlines())

    assert lines <= 300


def test_every_module_has_its_place_in_the_import_contracts() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["type"] == "layers")
    placed = {name.strip() for row in layers["layers"] for name in row.replace(":", "|").split("|")}

    parts = {part(file) for file in MODULES} - {"tracker", "cards"}

    assert parts - placed == set()


def part(file: Path) -> str:
    """The package or module directly under tracker or cards that a file belongs to."""
    package, *inside = file.relative_to(ROOT).with_suffix("").parts
    return package if inside == ["__init__"] else f"{package}.{inside[0]}"


def test_no_committed_file_names_a_registry_or_a_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = [ROOT / name for name in listed.stdout.split("\0") if name]

    found = [
        (short(file), needle)
        for file in files
        if file.is_file()
        for needle in FORBIDDEN
        if needle.encode() in file.read_bytes()
    ]

    assert found == []
