"""Starting a build elsewhere: one signed call to the address that the operator set.

The body is what GitHub and Forgejo expect of a call to ``.../dispatches`` and GitLab of one to
``.../trigger/pipeline``; the headers are those of the Standard Webhooks specification, for a
receiver of one's own.
"""

import json
from datetime import datetime
from urllib.parse import urlsplit

from .. import fetch, signing
from ..config.settings import Settings
from ..errors import N_, SiteUnreachable

CALL_SECONDS = 20.0
_REFUSED = frozenset({401, 403})
_NO_SUCH_THING = frozenset({400, 404, 422})


def start_build(settings: Settings, head: str | None, now: datetime, message_id: str) -> None:
    """Ask for a build of the branch ``build_ref``; returns once the call was accepted.

    head: commit of the comments that the build is for, if Git keeps them: sent along.
    message_id: the same for a repeated call about the same thing, so that a receiver can
    drop doubles.

    Raises SiteUnreachable, never with a secret in its words.
    """
    if settings.build_webhook is None:
        raise SiteUnreachable(N_("No address is set that starts a build."))
    body = json.dumps({"ref": settings.build_ref}).encode()
    headers = _headers(settings, head, now, message_id, body)
    status = fetch.post(settings.build_webhook, body, headers, timeout=CALL_SECONDS)
    if not 200 <= status < 300:
        raise _refusal(settings.build_webhook, status)


def _headers(
    settings: Settings, head: str | None, now: datetime, message_id: str, body: bytes
) -> dict[str, str]:
    timestamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
    }
    if head is not None:
        headers["tertulia-head"] = head
    if settings.build_secret is not None:
        secret = settings.build_secret.get_secret_value()
        try:
            signature = signing.webhook_signature(secret, message_id, timestamp, body)
        except ValueError:
            raise SiteUnreachable(
                N_("TERTULIA_BUILD_SECRET cannot be used: after whsec_ it needs base64.")
            ) from None  # whose words might hold it
        headers["webhook-signature"] = signature
    if settings.build_token is not None:
        headers["Authorization"] = f"Bearer {_token(settings.build_token.get_secret_value())}"
    return headers


def _token(token: str) -> str:
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise SiteUnreachable(N_("TERTULIA_BUILD_TOKEN cannot be used: it is no token."))
    return token


def _refusal(webhook: str, status: int) -> SiteUnreachable:
    host = urlsplit(webhook).netloc.rpartition("@")[2]
    if status in _REFUSED:
        return SiteUnreachable(
            N_("%(host)s lets us start no build (%(status)s): look at the token and its rights."),
            host=host,
            status=status,
        )
    if status in _NO_SUCH_THING:
        return SiteUnreachable(
            N_("%(host)s knows no such build (%(status)s): look at its address and the branch."),
            host=host,
            status=status,
        )
    return SiteUnreachable(
        N_("%(host)s did not start the build (%(status)s)."), host=host, status=status
    )
