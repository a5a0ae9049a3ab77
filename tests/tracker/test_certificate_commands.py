"""The commands about certificates: what they print, and the status they end with."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from tests.tracker.credentials import samples
from tracker import cli, credentials
from tracker.credentials import keys


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("PERENNIAL_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(keys, "RSA_BITS", 2048)
    return lambda *words: CliRunner().invoke(cli.main, [str(word) for word in words])


@pytest.fixture
def files(tmp_path):
    """A certificate that holds today, the DID document and the status list of its issuer."""
    now = datetime.now(UTC)
    claim = samples.claim(valid_from=now, valid_until=now + timedelta(days=9))
    made = credentials.sign(claim, samples.issuer(), now)
    (tmp_path / "credential.json").write_bytes(made.document)
    (tmp_path / "did.json").write_text(json.dumps(samples.issuer().did_document()))
    (tmp_path / "status.json").write_bytes(samples.revoking().document)
    (tmp_path / "revoked.json").write_bytes(samples.revoking(94567).document)
    return tmp_path


def test_a_certificate_is_verified_with_what_is_at_hand(run, files):
    given = ("--did", files / "did.json", "--status", files / "status.json")
    done = run("certificate", "verify", files / "credential.json", *given)

    assert done.exit_code == 0, done.output
    assert "Ada Lovelace" in done.output and "authentic: yes; valid: yes" in done.output


def test_too_little_at_hand_is_a_status_of_its_own(run, files):
    done = run("certificate", "verify", files / "credential.json")

    assert done.exit_code == 3 and "authentic: not known" in done.output


def test_a_revoked_certificate_ends_with_a_failure(run, files):
    given = ("--did", files / "did.json", "--status", files / "revoked.json")
    done = run("certificate", "verify", files / "credential.json", *given)

    assert done.exit_code == 1 and "It is revoked" in done.output


def test_a_changed_certificate_ends_with_a_failure(run, files):
    data = (files / "credential.json").read_bytes().replace(b"Lovelace", b"Lovelacf")
    (files / "credential.json").write_bytes(data)
    done = run("certificate", "verify", files / "credential.json", "--did", files / "did.json")

    assert done.exit_code == 1 and "authentic: NO" in done.output


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG", b'{"type"'])
def test_a_file_that_is_no_certificate_is_one_clear_line(run, tmp_path, data):
    (tmp_path / "file").write_bytes(data)
    done = run("certificate", "verify", tmp_path / "file")

    assert done.exit_code == 1
    assert done.output.startswith("Error: This ") and done.output.count("\n") == 1


def test_a_did_document_that_is_none_is_named(run, files):
    (files / "did.json").write_text("[")
    done = run("certificate", "verify", files / "credential.json", "--did", files / "did.json")

    assert done.exit_code == 1 and "is not a DID document" in done.output


def test_the_issuer_is_shown_without_its_secrets(run):
    done = run("issuer", "show")

    assert done.exit_code == 0 and done.output.startswith("did:key:z6Mk")
    assert "no domain vouches" in done.output and "PRIVATE" not in done.output


def test_a_key_that_is_the_identity_is_changed_only_when_forced(run):
    run("issuer", "show")
    refused, forced = run("issuer", "rotate"), run("issuer", "rotate", "--forced")

    assert refused.exit_code == 1 and "becomes another issuer" in refused.output
    assert forced.exit_code == 0 and "retired" in run("issuer", "show").output


def test_the_keys_of_a_domain_are_changed_and_the_old_stay_listed(run, monkeypatch):
    monkeypatch.setenv("PERENNIAL_BASE_URL", samples.BASE)
    before = run("issuer", "show").output
    done = run("issuer", "rotate")
    after = run("issuer", "show").output

    assert done.exit_code == 0 and before.startswith("did:web:learn.example.org")
    assert before.split()[0] == after.split()[0] and after.count("z6Mk") == 2
