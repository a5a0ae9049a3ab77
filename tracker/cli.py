"""The command line: `perennial serve`, and thin commands over the same functions as the pages."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError

from tracker import audit, credentials, demo, server, setup, users
from tracker.app import create_app
from tracker.content import check as texts
from tracker.content import execute, lock
from tracker.credentials import keys
from tracker.db import db, writing
from tracker.errors import Refused

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class Commands(click.Group):
    """Commands whose usual failures are one clear line and the status 1, not a traceback."""

    def invoke(self, context: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(context)
        except Refused as refused:
            raise click.ClickException(refused.message) from None
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException(
                f"The database cannot be used: {str(error.orig).strip()}. "
                "Is it there, and has `perennial migrate` been run?"
            ) from None


@click.group(cls=Commands)
def main() -> None:
    """Perennial: a learning path that remembers what you still know."""


@main.command()
def serve() -> None:
    """Migrate the database, install the built-in path and start the server.

    PERENNIAL_HOST, PORT, PERENNIAL_DATA, PERENNIAL_DATABASE and the other settings of
    tracker/config.py are taken from the environment.
    """
    app = _app()
    setup.upgrade(app)
    setup.install_builtin(app)
    wrong = setup.issuer(app)
    if wrong:
        click.echo(wrong, err=True)
    server.run(app)


@main.command()
def migrate() -> None:
    """Bring the database's tables up to date and stop."""
    setup.upgrade(_app())


@main.command()
def check() -> None:
    """Rebuild every memory from the review log, compare, and report what differs."""
    app = _app()
    with app.app_context():
        report = audit.run()
    click.echo(report)
    if report.faults:
        sys.exit(1)


@main.command(name="demo")
@click.option("--path", "slug", default="python-engineer", help="The path to study.")
@click.option("--zone", default="UTC", help="The learner's time zone.")
def simulate(slug: str, zone: str) -> None:
    """Make an account, marked as simulated, with 120 days of reviews."""
    app = _app()
    setup.upgrade(app)
    setup.install_builtin(app)
    with app.app_context(), writing():
        user, phrase = demo.make(slug, app.config["CLOCK"](), zone)
        click.echo(f"{user.name}: log in as {user.email} with {phrase}")


@main.group()
def path() -> None:
    """Check, install and lock the text of a learning path."""


@path.command(name="check")
@click.argument("directory", type=FOLDER)
@click.option("--run", is_flag=True, help="Run every `python run` block on the Pythons there are.")
def path_check(directory: Path, run: bool) -> None:
    """Print every fault of a path's text as `file:line: what is wrong, what to do`."""
    loaded, faults = texts.load(directory, today=datetime.now(UTC).date())
    if run and loaded is not None:
        faults = [*faults, *execute.run_all(loaded)]
    for fault in faults:
        click.echo(str(fault))
    if loaded is None or faults:
        sys.exit(1)
    cards = sum(len(note.variants) for skill in loaded.skills.values() for note in skill.cards)
    click.echo(f"{loaded.title}: {len(loaded.skills)} skills, {cards} cards, no faults.")


@path.command(name="install")
@click.argument("directory", type=FOLDER)
def path_install(directory: Path) -> None:
    """Install or upgrade a path, all or nothing, and print what changed."""
    app = _app()
    setup.upgrade(app)
    click.echo(str(setup.install_path(app, directory)))


@path.command(name="lock")
@click.argument("directory", type=FOLDER)
@click.option("--retire", multiple=True, metavar="ID", help="An id that is taken out for good.")
def path_lock(directory: Path, retire: tuple[str, ...]) -> None:
    """Write ids.lock: every card id ever published, with its state."""
    loaded, faults = texts.load(directory, today=datetime.now(UTC).date(), locked=False)
    if loaded is None or faults:
        raise click.ClickException("\n".join(str(fault) for fault in faults))
    lock.write(loaded, retire=list(retire))


@main.group()
def certificate() -> None:
    """Check certificates."""


@certificate.command(name="verify")
@click.argument("file", type=FILE)
@click.option("--did", "dids", type=FILE, multiple=True, help="The issuer's did.json.")
@click.option("--status", "lists", type=FILE, multiple=True, help="The issuer's status list.")
def certificate_verify(file: Path, dids: tuple[Path, ...], lists: tuple[Path, ...]) -> None:
    """Check a certificate of any form (JSON, PNG, SVG, PDF, token, ZIP) without a network.

    A did.json is believed to come from its domain: fetch it from there. The status is 0 for an
    authentic certificate, 1 for one that is not, or not valid, and 3 where too little is at hand.
    """
    report = credentials.verify(
        file.read_bytes(),
        now=datetime.now(UTC),
        name=file.name,
        did_documents=[_json(one) for one in dids],
        status_lists=[one.read_bytes() for one in lists],
    )
    click.echo(report)
    if report.authentic is not True or report.valid is False:
        sys.exit(3 if report.authentic is None and report.valid is not False else 1)


def _json(file: Path) -> dict[str, object]:
    try:
        found = json.loads(file.read_bytes())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise click.ClickException(f"{file} is not a DID document")
    return found


@main.group()
def issuer() -> None:
    """Look at, and change, the keys that certificates are signed with."""


@issuer.command(name="show")
def issuer_show() -> None:
    """Print who signs, with which keys, and who vouches for them."""
    config = _app().config
    now = config["CLOCK"]()
    one = keys.load(config["DATA"], config["BASE_URL"], "", now)
    click.echo(f"{one.did}\n  {keys.notice(one)}")
    for pair in (one.keys, *one.retired):
        until = f", retired {pair.retired_at}" if pair.retired_at else ""
        click.echo(f"  {pair.multikey}, made {pair.made_at}{until}")
    click.echo(f"Kept in {config['DATA'] / keys.NAME}: back it up, and show it to nobody.")


@issuer.command(name="rotate")
@click.option("--forced", is_flag=True, help="Also where this makes another issuer of it.")
def issuer_rotate(forced: bool) -> None:
    """Sign with new keys from now on; what the old ones signed still holds."""
    config = _app().config
    keys.rotate(config["DATA"], config["BASE_URL"], config["CLOCK"](), forced=forced)
    click.echo("New keys sign from now on. Restart the server so that it takes them.")


@main.group()
def user() -> None:
    """Help with accounts."""


@user.command(name="list")
def user_list() -> None:
    """List the accounts."""
    app = _app()
    with app.app_context():
        for one in users.everybody():
            click.echo(f"{one.id}\t{one.email}\t{one.name}{' (owner)' if one.is_owner else ''}")


@user.command(name="password")
@click.argument("email")
def user_password(email: str) -> None:
    """Give an account a new passphrase, print it, and end its sessions."""
    app = _app()
    with app.app_context(), writing():
        phrase = users.reset_password(email)
        db.session.commit()
    click.echo(phrase)


def _app() -> Flask:
    try:
        app = create_app()
    except (ValueError, RuntimeError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.get_current_context().call_on_close(lambda: _close(app))
    return app


def _close(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
