"""Headless Chromium for the tests marked `browser`: the one that is installed, never a download."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

BINARIES = ("chromium", "chromium-browser", "google-chrome")
# Without these Chromium cannot run as root, or talks to the network on its own account.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests of a worker."""
    binary = next(filter(None, map(shutil.which, BINARIES)), None)
    if binary is None:
        pytest.skip(f"needs a browser: none of {', '.join(BINARIES)} is installed")
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread, in which Django would refuse its ORM.
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, console_errors):
    """A fresh page: no cookie, no cache, and what goes wrong on it is in console_errors."""
    context = browser.new_context(timezone_id="UTC", locale="en-GB")
    page = context.new_page()
    page.on("pageerror", lambda error: console_errors.append(str(error)))
    page.on(
        "console",
        lambda message: message.type == "error" and console_errors.append(message.text),
    )
    yield page
    context.close()


@pytest.fixture
def console_errors() -> list[str]:
    """What the browser complained of, refused scripts and styles (CSP) included."""
    return []
