"""ID tokens that an institution's sign-in did not make for this blog and this moment."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from pydantic import ValidationError

from comments_service import fetch
from comments_service.config.settings import Settings
from comments_service.domain.permissions import Role
from comments_service.errors import AlreadyDecided, SignInFailed, SiteUnreachable
from comments_service.store.people import Person
from comments_service.usecases import colleagues, forgotten, id_tokens, institution, sessions
from comments_service.usecases.blog import Blog
from tests.support.fixtures import Clock

ISSUER = "https://sign-in.example.org"
ASKED = id_tokens.Asked("a state", "a nonce", "a verifier")
KEYS = {"own": RSAKey.generate_key(2048), "other": RSAKey.generate_key(2048)}
SECRET = {
    "oidc_issuer": ISSUER,
    "oidc_client_id": "tertulia",
    "oidc_client_secret": "a secret of both",
    "oidc_groups": "editores=moderator",
}


@dataclass
class FarEnd:
    """What answers at the issuer's addresses."""

    token: str = ""
    metadata: dict[str, Any] = field(
        default_factory=lambda: {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/auth",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
        }
    )
    sent: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    def get(self, url: str, **_: object) -> fetch.Answer:
        told: object = self.metadata
        if url.endswith("/jwks"):
            told = KeySet([KEYS["own"]]).as_dict(private=False)
        return fetch.Answer(200, None, None, json.dumps(told).encode())

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], **_: object
    ) -> tuple[int, bytes]:
        self.sent.append((url, body, headers))
        return 200, json.dumps({"id_token": self.token}).encode()


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> FarEnd:
    made = FarEnd()
    monkeypatch.setattr(fetch, "get", made.get)
    monkeypatch.setattr(fetch, "post_for_answer", made.post)
    return made


def token(clock: Clock, key: Any = KEYS["own"], alg: str = "RS256", **changed: Any) -> str:
    now = int(clock().timestamp())
    claims = {
        "iss": ISSUER,
        "sub": "ada",
        "aud": "tertulia",
        "iat": now,
        "exp": now + 300,
        "nonce": ASKED.nonce,
    } | changed
    claims = {name: value for name, value in claims.items() if value is not None}
    return str(jwt.encode({"alg": alg}, claims, key, algorithms=[alg]))


def claims_of(far: FarEnd, clock: Clock, given: str) -> Mapping[str, Any]:
    far.token = given
    return id_tokens.claims_of(Settings(**SECRET), ASKED, "a code", "https://b.example", clock())


class TestAnIdToken:
    def test_of_the_issuer_for_us_and_for_now_is_believed(self, far: FarEnd, clock: Clock) -> None:
        assert claims_of(far, clock, token(clock))["sub"] == "ada"

    @pytest.mark.parametrize(
        "changed",
        [
            {"iss": "https://evil.example"},
            {"iss": None},
            {"aud": "another blog"},
            {"aud": ["another blog"]},
            {"aud": ["tertulia", "another blog"], "azp": "another blog"},
            {"aud": None},
            {"nonce": "of another time"},
            {"nonce": None},
            {"exp": None},
            {"exp": 1},
            {"sub": None},
            {"sub": ""},
            {"sub": 7},
            {"sub": "x" * 256},
        ],
    )
    def test_that_says_something_else_is_not(
        self, far: FarEnd, clock: Clock, changed: dict[str, Any]
    ) -> None:
        with pytest.raises(SignInFailed):
            claims_of(far, clock, token(clock, **changed))

    def test_that_is_over_or_of_the_future_is_not(self, far: FarEnd, clock: Clock) -> None:
        given = token(clock)
        clock.forward(minutes=7)
        with pytest.raises(SignInFailed):
            claims_of(far, clock, given)
        later = int((clock() + timedelta(hours=1)).timestamp())
        with pytest.raises(SignInFailed):
            claims_of(far, clock, token(clock, iat=later, exp=later + 300))

    def test_signed_by_another_key_or_by_none_is_not(self, far: FarEnd, clock: Clock) -> None:
        good = token(clock)
        unsigned = good.split(".")
        unsigned[0] = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
        shared = OctKey.import_key("a secret of both, which is long enough for it")
        for given in (
            token(clock, KEYS["other"]),
            token(clock, shared, "HS256"),
            f"{unsigned[0]}.{unsigned[1]}.",
            ".".join(unsigned),
            good[:-4] + "AAAA",
            "",
            "nothing of it",
        ):
            with pytest.raises(SignInFailed):
                claims_of(far, clock, given)

    def test_is_asked_for_with_the_verifier_and_our_secret(self, far: FarEnd, clock: Clock) -> None:
        claims_of(far, clock, token(clock))
        [(url, body, headers)] = far.sent
        assert url == f"{ISSUER}/token"
        assert b"code_verifier=a+verifier" in body
        assert headers["Authorization"].startswith("Basic ")
        assert b"secret" not in body


class TestTheIssuer:
    @pytest.mark.parametrize(
        "changed",
        [
            {"issuer": "https://evil.example"},
            {"token_endpoint": "http://sign-in.example.org/token"},
            {"authorization_endpoint": "javascript:alert(1)"},
            {"jwks_uri": None},
        ],
    )
    def test_that_describes_another_one_is_not_asked(
        self, far: FarEnd, clock: Clock, changed: dict[str, Any]
    ) -> None:
        far.metadata |= changed
        with pytest.raises(SiteUnreachable):
            id_tokens.where_to(Settings(**SECRET), ASKED, "https://b.example")

    @pytest.mark.parametrize(
        "changed",
        [
            {"oidc_issuer": "http://sign-in.example.org"},
            {"oidc_issuer": "https://sign-in.example.org/?x"},
            {"oidc_client_id": None},
            {"oidc_groups": ""},
            {"oidc_groups": "editores=god"},
            {"oidc_groups": "editores"},
        ],
    )
    def test_is_not_taken_from_settings_that_are_not_whole(self, changed: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            Settings(**SECRET | changed)

    def test_has_groups_in_the_order_of_the_setting(self) -> None:
        groups = "cn=jefas,ou=x=admin"
        with pytest.raises(ValidationError):
            Settings(**SECRET | {"oidc_groups": groups})
        settings = Settings(**SECRET | {"oidc_groups": "jefas=admin, a=b=author"})
        assert list(settings.role_of_group.items()) == [
            ("jefas", Role.ADMIN),
            ("a=b", Role.AUTHOR),
        ]


class TestWhoComesFromThere:
    @pytest.fixture
    def blog(self, blog: Blog) -> Blog:
        where = {"blog": blog.settings.blog, "database_url": blog.settings.database_url}
        groups = "mandan=admin, editores=moderator, prensa=author"
        site = {"site_url": "https://b.example", "oidc_groups": groups}
        return replace(blog, settings=Settings(**SECRET | where | site))

    @pytest.fixture
    def enter(self, blog: Blog, far: FarEnd, clock: Clock) -> Callable[..., Person]:
        def come(sub: str, group: str, **claims: str) -> Person:
            leaving = institution.begin(blog, address="", now=clock())
            asked = parse_qs(urlsplit(leaving.address).query)
            far.token = token(clock, sub=sub, nonce=asked["nonce"][0], groups=[group], **claims)
            done = institution.finish(
                blog, leaving.token, state=asked["state"][0], code="x", now=clock()
            )
            return done.person

        return come

    def test_has_a_name_of_their_own(
        self, blog: Blog, moderator: Person, enter: Callable[..., Person]
    ) -> None:
        assert enter("1", "editores", name="Berta Ruiz").name == "Berta Ruiz"

    @pytest.mark.parametrize("claimed", ["Ada Ejemplo", "\u0410d\u0430 ejemplo", "BERTA  RUIZ"])
    def test_gets_no_name_that_readers_would_hold_for_a_colleagues(
        self, blog: Blog, moderator: Person, enter: Callable[..., Person], claimed: str
    ) -> None:
        enter("1", "editores", name="Berta Ruiz")
        found = enter("2", "editores", name=claimed, preferred_username="ana")
        assert found.name == "ana"
        other = enter("3", "editores", name=claimed, preferred_username=claimed)
        assert other.name.endswith("-2")

    @pytest.mark.parametrize("claimed", ["\u200b\u200b", " ", "\u2060"])
    def test_gets_no_name_that_nobody_sees(
        self, blog: Blog, enter: Callable[..., Person], claimed: str
    ) -> None:
        found = enter("1", "editores", name=claimed, preferred_username=claimed)
        assert (found.login, found.name) == ("persona", "persona")

    def test_does_not_become_the_author_of_what_others_wrote(
        self, blog: Blog, clock: Clock, enter: Callable[..., Person]
    ) -> None:
        with pytest.raises(SignInFailed, match="Ask an administrator"):
            enter("1", "prensa", name="ADA Ejemplo")
        as_moderator = enter("1", "editores", name="ADA Ejemplo")
        with pytest.raises(SignInFailed, match="Ask an administrator"):
            enter("1", "prensa")
        assert sessions.of_person(blog, as_moderator, clock()) == []
        assert enter("2", "prensa", name="Berta Ruiz").role is Role.AUTHOR

    def test_stays_in_charge_when_nobody_else_looks_after_the_accounts(
        self, blog: Blog, enter: Callable[..., Person]
    ) -> None:
        assert enter("1", "mandan", name="Berta Ruiz").role is Role.ADMIN
        assert enter("1", "editores").role is Role.ADMIN
        with blog.store.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT data FROM journal WHERE kind = 'role_changed'"
            ).all()
        [[told]] = rows
        assert json.loads(told)["told"] == "moderator"
        enter("2", "mandan", name="Carla Paz")
        assert enter("1", "editores").role is Role.MODERATOR

    def test_gets_no_password_that_would_outlive_their_rights(
        self, blog: Blog, clock: Clock, moderator: Person, enter: Callable[..., Person]
    ) -> None:
        berta = enter("1", "editores", name="Berta Ruiz", preferred_username="berta")
        assert berta.works
        assert not berta.has_password
        with pytest.raises(AlreadyDecided):
            forgotten.hand(blog, berta.id, by=moderator, now=clock())

    def test_comes_in_no_more_once_they_have_left(
        self, blog: Blog, clock: Clock, moderator: Person, enter: Callable[..., Person]
    ) -> None:
        berta = enter("1", "editores", name="Berta Ruiz")
        colleagues.leave(blog, berta.id, 0, by=moderator, now=clock())
        with pytest.raises(SignInFailed):
            enter("1", "editores", name="Berta Ruiz")
        assert [each.id for each in colleagues.everybody(blog).gone] == [berta.id]
        assert [each.id for each in colleagues.everybody(blog).here] == [moderator.id]
