"""The authenticator of a test: Chromium's own virtual one, that says yes to what it is asked."""

from __future__ import annotations

from playwright.async_api import CDPSession, Page


async def add(page: Page, *, prf: bool = True) -> tuple[CDPSession, str]:
    """Give the page an authenticator inside its device; it is gone with the session."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "hasPrf": prf,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, str(added["authenticatorId"])


async def labels(session: CDPSession, authenticator: str) -> list[str]:
    """What the person sees of the passkeys on it."""
    found = await session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})
    return [str(one.get("userName")) for one in found["credentials"]]


async def only(session: CDPSession, authenticator: str, label: str) -> None:
    """Leave the one of that label on it, as if the person chose it in the browser's list."""
    found = await session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})
    others = [one for one in found["credentials"] if one.get("userName") != label]
    assert len(others) == len(found["credentials"]) - 1
    for one in others:
        what = {"authenticatorId": authenticator, "credentialId": one["credentialId"]}
        await session.send("WebAuthn.removeCredential", what)


async def set_lock(page: Page) -> None:
    """Set a lock, where the page asks for one: by passkey, if `add` came before the page."""
    await page.get_by_role("button", name="Set this lock").click()
