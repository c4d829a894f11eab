"""The operator's settings for signing in where the institution does: OpenID Connect."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from ..domain.permissions import Role
from ..errors import N_
from .mail_server import MailServer, is_loopback


class InstitutionSignIn(MailServer):
    """Without ``oidc_issuer`` everybody signs in here."""

    oidc_issuer: str | None = Field(
        default=None, description="address of the institution's own sign-in (OpenID Connect)"
    )
    oidc_client_id: str | None = Field(
        default=None, description="name by which the blog is registered there"
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="its password there; none for a public client"
    )
    oidc_groups_claim: str = Field(
        default="groups", description="claim of the ID token that names a person's groups"
    )
    oidc_groups: str = Field(
        default="",
        description="what groups may do: `group=role` with commas between, the first one counts",
    )

    @field_validator("oidc_issuer")
    @classmethod
    def _plain_issuer(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        is_plain = not (parts.query or parts.fragment or parts.username) and parts.hostname
        # Without encryption only a provider on this machine, which is for trials.
        is_safe = parts.scheme == "https" or (
            parts.scheme == "http" and is_loopback(parts.hostname or "")
        )
        if not (is_plain and is_safe):
            raise ValueError(N_("must be an address like https://sign-in.example.org"))
        return value

    @field_validator("oidc_groups")
    @classmethod
    def _known_roles(cls, value: str) -> str:
        for each in filter(None, map(str.strip, value.split(","))):
            group, _, role = each.rpartition("=")
            if not group.strip() or role.strip() not in set(Role):
                raise ValueError(N_("must be like: editors=moderator, press office=author"))
        return value

    @model_validator(mode="after")
    def _whole_institution(self) -> "InstitutionSignIn":
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_groups):
            raise ValueError(
                N_("TERTULIA_OIDC_ISSUER needs TERTULIA_OIDC_CLIENT_ID and TERTULIA_OIDC_GROUPS")
            )
        return self

    @property
    def role_of_group(self) -> Mapping[str, Role]:
        """In the order of the setting."""
        pairs = (each.rpartition("=") for each in self.oidc_groups.split(",") if each.strip())
        return {group.strip(): Role(role.strip()) for group, _, role in pairs}
