"""What the institution's sign-in says about a person: asked for, and believed only when signed.

Source: OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3; RFC 7636 (PKCE); RFC 9700. Every
address comes from the metadata of the issuer that the operator set, over ``fetch``.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core.claims import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from .. import fetch
from ..config.settings import Settings
from ..errors import N_, SignInFailed, SiteUnreachable

MAX_BYTES = 256 * 1024
TIMEOUT_SECONDS = 10.0
LEEWAY_SECONDS = 60
MAX_SUBJECT_CHARS = 255
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""No key that both sides know, and never "none"."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was sent along, and has to come back: state, nonce and PKCE's secret."""

    state: str
    nonce: str
    verifier: str


def where_to(settings: Settings, asked: Asked, return_to: str) -> str:
    """The address at the institution that asks who somebody is. Raises SiteUnreachable."""
    address: str = prepare_grant_uri(
        _metadata(settings)["authorization_endpoint"],
        settings.oidc_client_id,
        "code",
        redirect_uri=return_to,
        scope="openid profile email",
        state=asked.state,
        nonce=asked.nonce,
        code_challenge=create_s256_code_challenge(asked.verifier),
        code_challenge_method="S256",
    )
    return address


def claims_of(
    settings: Settings, asked: Asked, code: str, return_to: str, now: datetime
) -> Mapping[str, Any]:
    """Who the code stands for. Raises SignInFailed, SiteUnreachable."""
    metadata = _metadata(settings)
    given = _exchanged(settings, metadata, asked, code, return_to)
    keys = _json(fetch.get(metadata["jwks_uri"], max_bytes=MAX_BYTES, timeout=TIMEOUT_SECONDS).body)
    try:
        token = jwt.decode(given, KeySet.import_key_set(keys), algorithms=SIGNED_BY)  # type: ignore[arg-type]
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": settings.oidc_issuer or ""},
                "aud": {"essential": True, "value": settings.oidc_client_id or ""},
                "sub": {"essential": True},
            },
            params={"nonce": asked.nonce, "client_id": settings.oidc_client_id},
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
        raise SignInFailed(NOT_BELIEVED) from error
    if not (isinstance(claims["sub"], str) and 0 < len(claims["sub"]) <= MAX_SUBJECT_CHARS):
        raise SignInFailed(NOT_BELIEVED)
    return dict(claims)


def _exchanged(
    settings: Settings, metadata: Mapping[str, Any], asked: Asked, code: str, return_to: str
) -> str:
    """The ID token for a code. Raises SignInFailed, SiteUnreachable."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_to,
        "code_verifier": asked.verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    name, secret = settings.oidc_client_id or "", settings.oidc_client_secret
    if secret and "client_secret_basic" in ways:
        pair = f"{quote(name, safe='')}:{quote(secret.get_secret_value(), safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        fields |= {"client_id": name}
        fields |= {"client_secret": secret.get_secret_value()} if secret else {}
    status, body = fetch.post_for_answer(
        metadata["token_endpoint"],
        urlencode(fields).encode(),
        headers,
        max_bytes=MAX_BYTES,
        timeout=TIMEOUT_SECONDS,
    )
    found = _json(body).get("id_token") if status == 200 else None
    if not isinstance(found, str):
        raise SignInFailed(NOT_BELIEVED)
    return found


def _metadata(settings: Settings) -> Mapping[str, Any]:
    """What the issuer says of itself (OpenID Connect Discovery 1.0, section 4).

    Raises SiteUnreachable: also when it names another issuer, or addresses without encryption.
    """
    issuer = settings.oidc_issuer or ""
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    found = _json(fetch.get(address, max_bytes=MAX_BYTES, timeout=TIMEOUT_SECONDS).body)
    named = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    addresses = [urlsplit(str(found.get(name, ""))) for name in named]
    as_safe = urlsplit(issuer).scheme
    is_safe = all(each.hostname and each.scheme in ("https", as_safe) for each in addresses)
    if found.get("issuer") != issuer or not is_safe:
        raise SiteUnreachable(_NOT_ITS, host=urlsplit(issuer).hostname)
    return found


def _json(body: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(body or b"")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SignInFailed(NOT_BELIEVED)
    return found


NOT_BELIEVED = N_("Your institution's sign-in did not confirm who you are. Try again.")
_NOT_ITS = N_("%(host)s describes another sign-in than the one that is set.")
