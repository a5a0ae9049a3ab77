"""Short keys: making long ones would take most of the time of these tests."""

from __future__ import annotations

import pytest

from tracker.credentials import keys


@pytest.fixture(autouse=True, scope="session")
def _short_keys():
    usual, keys.RSA_BITS = keys.RSA_BITS, 2048
    yield
    keys.RSA_BITS = usual
