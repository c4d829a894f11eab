"""Which stored columns hold personal data, what for, and how long.

Source of the duty: GDPR articles 5.1 (c, e), 13 and 30. One declaration serves three ends: the
privacy page prints it, the tick keeps its terms, and a test holds it against the schema: every
column stands here or in ``IMPERSONAL``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import N_


@dataclass(frozen=True, slots=True)
class Data:
    """One kind of data. what, purpose, kept: messages of the catalogue; ``kept`` may name the
    terms of ``site.toml``: unpublished_months, spam_days, address_months."""

    what: str
    purpose: str
    kept: str
    columns: tuple[str, ...]


NETWORK_DAYS = 8
"""How long the fingerprint of a network address and its key are kept."""

DECLARED = (
    Data(
        N_("The name or pseudonym that you give, and your comment"),
        N_("To publish them and to answer you."),
        N_(
            "If published, until you ask us to erase them. If not, %(unpublished_months)s months;"
            " advertising, %(spam_days)s days."
        ),
        (
            *("revision.author", "revision.body", "comment.url", "event_text.text"),
            *("revision.position", "revision.department"),
        ),
    ),
    Data(
        N_("What we decide about your comment: why, who and when"),
        N_("To account for our decisions."),
        N_("The reasons as long as the comment; that something was decided, with our records."),
        ("revision.reason", "revision.decided_by", "event.actor"),
    ),
    Data(
        N_("Your e-mail, if you give it"),
        N_("To send you the notices that you ask for. It is kept encrypted and never published."),
        N_("%(address_months)s months after the last comment or notice, or until you ask us."),
        (
            *("cases.address_id", "address.lookup", "address.sealed"),
            *("subscription.address_id", "mail.address_id"),
        ),
    ),
    Data(
        N_("A fingerprint of your network address and of what you send"),
        N_("To hold back mass postings and not to take the same thing twice."),
        N_("Eight days; the key that made it goes with it."),
        ("comment.network", "comment.fingerprint"),
    ),
    Data(
        N_("Of those who work here: user name, signature and password"),
        N_("So that they can sign in and sign their answers."),
        N_("As long as they have an account; the password only as a digest."),
        (
            *("person.login", "person.name", "person.position", "person.department"),
            "person.password_hash",
        ),
    ),
    Data(
        N_("Of those who work here: open sessions and wrong passwords"),
        N_("To close sessions that nobody uses and to slow down guessing."),
        N_("Sessions, twelve hours at most; wrong passwords and codes, one day."),
        ("session.person_id", "session.seen_at", "sign_in_try.subject"),
    ),
)

PERSONAL: Mapping[str, Data] = {column: data for data in DECLARED for column in data.columns}
"""By column, ``table.column``."""

IMPERSONAL = frozenset(
    """
    thread_counter.thread thread_counter.series thread_counter.last_number
    comment.id comment.thread comment.kind comment.in_reply_to comment.answers comment.lang
    comment.received_at comment.head_revision comment.public_revision comment.number
    comment.private comment.withdrawn_at comment.withdrawn_by comment.erased_at comment.source
    comment.seal comment.digest_head comment.revision_head comment.digest_seen
    revision.comment_id revision.revision revision.markup revision.created_at
    revision.decision revision.decided_at revision.rule revision.rule_version
    revision.notes revision.showable
    cases.id cases.year cases.comment_id cases.attention cases.link_generation
    cases.code_hash cases.mails_stopped_at cases.decide_by cases.answer_by
    address.id address.lang address.generation address.created_at address.confirmed_at
    address.stopped_at
    subscription.id subscription.thread subscription.lang subscription.generation
    subscription.created_at subscription.confirmed_at subscription.ended_at
    mail.id mail.kind mail.case_id mail.subscription_id mail.cause mail.asked_at
    mail.available_at mail.owner mail.lease_until mail.tries mail.problem mail.done_at
    mail.outcome
    event.case_id event.seq event.at event.kind event.data event.text_digest
    event.previous event.hash
    event_text.case_id event_text.seq event_text.salt
    outbox.id outbox.kind outbox.comment_id outbox.revision outbox.asked_at
    outbox.available_at outbox.owner
    outbox.lease_until outbox.tries outbox.problem outbox.done_at
    build_run.id build_run.started_at build_run.ended_at build_run.problem
    fact.name fact.value fact.at
    person.id person.language person.role person.created_at person.disabled_at
    session.id_hash session.csrf session.created_at
    one_time_link.purpose one_time_link.token_hash one_time_link.expires_at
    sign_in_try.id sign_in_try.at
    day_key.day day_key.key
    """.split()
)
