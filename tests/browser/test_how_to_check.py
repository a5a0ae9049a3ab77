"""The page of an archive checks a token in a real browser, opened from the disk."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm
from playwright.sync_api import Browser, Page, expect

from tests.tracker.credentials import samples
from tracker.credentials import Issuer, archive

DID = "did:web:learn.example.org"
KID = f"{DID}#tokens"
RIGHT = "The signature is right: this is what the issuer signed."
WRONG = "The signature is wrong: the token was changed, or somebody else signed it."


@cache
def key(number: int, bits: int) -> RSAPrivateKey:
    return generate_private_key(65537, bits)


def jwk(number: int = 0, bits: int = 2048) -> dict[str, Any]:
    found = RSAAlgorithm.to_jwk(key(number, bits).public_key(), as_dict=True)
    return {name: found[name] for name in ("kty", "n", "e")}


def did_document(**changes: Any) -> dict[str, Any]:
    method = {"id": KID, "type": "JsonWebKey", "controller": DID, "publicKeyJwk": jwk()}
    made = {"id": DID, "verificationMethod": [method], "assertionMethod": [KID]}
    return made | changes


def credential(**changes: Any) -> dict[str, Any]:
    holder = {"type": "IdentityObject", "hashed": False, "identityType": "name"}
    made: dict[str, Any] = {
        "id": "urn:uuid:73a62097-42ff-4db5-ab67-76a8903f5e54",
        "iss": DID,
        "name": "Python <b>generators</b>",
        "issuer": {"id": DID, "type": ["Profile"], "name": "Ada\u2019s Server"},
        "awardedDate": "2026-11-01T09:30:00Z",
        "validFrom": "2020-11-01T09:30:00Z",
        "validUntil": "2999-04-01T00:00:00Z",
        "credentialSubject": {"identifier": [holder | {"identityHash": "Ada Lovelace 王"}]},
    }
    return made | changes


def token(number: int = 0, head: Any = None, **changes: Any) -> str:
    header = {"kid": KID, "jwk": jwk(number)} | (head or {})
    return jwt.encode(credential(**changes), key(number, 2048), "RS256", header)


@pytest.fixture(scope="module")
def tab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page from the disk, in a browser without a network, where nothing may go wrong."""
    file = tmp_path_factory.mktemp("archive") / "HOW-TO-CHECK.html"
    file.write_bytes(archive.page())
    context = browser.new_context(offline=True)
    wrong: list[str] = []
    made = context.new_page()
    made.on("console", lambda message: wrong.append(message.text))
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on("request", lambda one: None if one.url.startswith("file:") else wrong.append(one.url))
    made.goto(file.as_uri())
    yield made
    context.close()
    assert wrong == []


@pytest.fixture
def page(tab: Page) -> Page:
    """As it is when it has just been opened."""
    tab.reload()
    return tab


def check(page: Page, token: str, issuer: Any) -> None:
    page.fill("#token", token)
    page.fill("#key", issuer if isinstance(issuer, str) else json.dumps(issuer))
    page.click("button")


def says(page: Page, words: str) -> None:
    expect(page.locator("#answer strong")).to_have_text(words)


KEYS = {
    "a DID document": did_document(),
    "a set of keys": {"keys": [jwk(1) | {"kid": "x"}, jwk() | {"kid": "tokens"}]},
    "a single key": jwk(),
}


@pytest.mark.parametrize("issuer", KEYS.values(), ids=KEYS)
def test_what_the_issuer_signed_is_right(page: Page, issuer: dict[str, Any]) -> None:
    check(page, f"  {token()}\n", issuer)

    says(page, RIGHT)
    answer = page.locator("#answer")
    for words in ("Python <b>generators</b>", "Ada Lovelace 王", "Ada\u2019s Server", DID):
        expect(answer).to_contain_text(words)
    expect(answer).to_contain_text("1 November 2026")
    expect(answer).to_contain_text("Its date has not passed")


@pytest.mark.parametrize("issuer", [samples.issuer, samples.home])
def test_what_an_installation_signs_is_right(page: Page, issuer: Callable[[], Issuer]) -> None:
    by = issuer()

    check(page, samples.signed(by).token, by.did_document() if by.vouched else by.jwks())

    says(page, RIGHT)
    expect(page.locator("#answer")).to_contain_text("Python generators")
    expect(page.locator("#answer")).to_contain_text("Ada Lovelace")


def changed(part: int) -> str:
    """A token with one character changed, the first of a part's second half."""
    parts = token().split(".")
    half = len(parts[part]) // 2
    other = "A" if parts[part][half] != "A" else "B"
    parts[part] = parts[part][:half] + other + parts[part][half + 1 :]
    return ".".join(parts)


@pytest.mark.parametrize("part", [1, 2])
def test_one_changed_character_is_refused(page: Page, part: int) -> None:
    check(page, changed(part), did_document())

    says(page, WRONG)


def test_a_foreign_key_is_refused_even_when_the_token_brings_it_along(page: Page) -> None:
    check(page, token(1), did_document())

    says(page, WRONG)


def unsigned() -> str:
    parts = token().split(".")
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": KID}).encode()).decode()
    return ".".join([head.rstrip("="), parts[1], parts[2]])


UNNAMED = "The issuer\u2019s key that this token names is not among those given."
NO_TOKEN = "This is not a token: it should be three long words with dots between them."
OTHER = "The token names another issuer than the one whose key was given."
BAD: dict[str, tuple[str, Any, str]] = {
    "nothing": (
        "",
        "",
        "This is not a token: it should be three long words with dots between them.",
    ),
    "no key": (token(), "", "The issuer\u2019s key is not what was expected."),
    "a list": (token(), "[]", "The issuer\u2019s key is not what was expected."),
    "rubbish": ("a.b.c", did_document(), "The token is damaged."),
    "padding": (token() + "=", did_document(), "The token is damaged."),
    "without a signature": (unsigned(), did_document(), "The token is not signed with RS256."),
    "a key not listed": (token(), did_document(assertionMethod=[]), UNNAMED),
    "another key": (token(head={"kid": f"{DID}#x"}), did_document(), UNNAMED),
    "no RSA key": (token(), {"kty": "OKP", "x": "AA"}, UNNAMED),
    "another issuer": (token(iss="did:web:b"), did_document(), OTHER),
    "another DID document": (token(), did_document(id="did:web:b"), OTHER),
    "a short key": (token(), jwk(2, 1024), "The issuer\u2019s key is too short to be safe."),
}


@pytest.mark.parametrize(("given", "issuer", "reason"), BAD.values(), ids=BAD)
def test_what_is_not_right_is_refused_with_the_reason(
    page: Page, given: str, issuer: Any, reason: str
) -> None:
    check(page, given, issuer)

    says(page, reason)
    expect(page.locator("#answer dl")).to_have_count(0)


def test_a_date_that_has_passed_is_said(page: Page) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)

    check(page, token(validUntil=yesterday.isoformat()), did_document())

    says(page, RIGHT)
    expect(page.locator("#answer")).to_contain_text("Its date has passed")


def test_files_find_their_places(page: Page, tmp_path: Path) -> None:
    (tmp_path / "credential.jwt").write_text(token())
    (tmp_path / "did.json").write_text(json.dumps(did_document(), indent=1))

    page.set_input_files("#key-file", tmp_path / "credential.jwt")
    page.set_input_files("#token-file", tmp_path / "did.json")
    expect(page.locator("#token")).to_have_value(token())
    page.click("button")

    says(page, RIGHT)


DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  const event = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""


def test_files_can_be_dropped(page: Page) -> None:
    page.evaluate(DROP, ["credential.jwt", token()])
    page.evaluate(DROP, ["did.json", json.dumps(did_document())])
    expect(page.locator("#key")).to_have_value(json.dumps(did_document()))
    page.click("button")

    says(page, RIGHT)
