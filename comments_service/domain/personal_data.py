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
            *("revision.position", "revision.department", "referral.draft", "referral.draft_by"),
            *("cases.text_key", "cases.name_key"),
        ),
    ),
    Data(
        N_("What we decide about your comment: why, who and when"),
        N_("To account for our decisions."),
        N_("The reasons as long as the comment; that something was decided, with our records."),
        (*("revision.reason", "revision.decided_by", "event.actor", "referral.asked_by"),),
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
        ("comment.network", "comment.fingerprint", "me_too.network"),
    ),
    Data(
        N_("If we take no comments of yours for a while: why, and a fingerprint of your e-mail"),
        N_("To hold to it, and to account for it when you ask for a review."),
        N_("Until thirty days after its end. It stays when you have your comments erased."),
        ("ban.value", "ban.reason", "ban.created_by"),
    ),
    Data(
        N_("Of those who work here: user name, signature and password"),
        N_("So that they can sign in and sign their answers."),
        N_("As long as they have an account; the password never as it is typed."),
        (
            *("person.login", "person.name", "person.position", "person.department"),
            *("person.password_hash", "person.department_id", "person.address_id"),
            *("person.totp_sealed", "recovery_code.person_id", "passkey.person_id"),
            *("passkey.name", "identity.person_id", "identity.subject"),
        ),
    ),
    Data(
        N_("Of those who work here: their hours, absences and the comments they look after"),
        N_("So that no comment waits for somebody who is away."),
        N_("As long as they have an account."),
        (
            *("person.hours", "person.away_from", "person.away_until", "person.substitute_id"),
            *("cases.assigned_to", "cases.claimed_by", "department.address_id"),
            *("person.keys", "person.notices"),
        ),
    ),
    Data(
        N_("Of those who work here: open sessions and wrong passwords"),
        N_("To close sessions that nobody uses and to slow down guessing."),
        N_("Sessions, twelve hours at most; wrong passwords and codes, one day."),
        (
            *("session.person_id", "session.seen_at", "session.agent", "sign_in_try.subject"),
            *("sign_in_step.person_id", "sign_in_step.data"),
        ),
    ),
    Data(
        N_("Of those who work here: what they did, in a log that shows every change"),
        N_("To account for what was done, as the law on security asks."),
        N_("Two years; after that only the proof that nothing was changed."),
        ("journal.actor", "journal_text.text", "site_file.changed_by"),
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
    cases.unsealed cases.unindexed cases.claimed_until cases.topic_id cases.department_id
    cases.risk cases.resolve_by cases.me_too cases.channel
    cases.look_at
    me_too.case_id me_too.at
    referral.id referral.case_id referral.department_id referral.asked_seq referral.generation
    referral.asked_at referral.due_on referral.extended referral.drafted_at referral.closed_at
    referral.outcome
    ban.id ban.case_id ban.kind ban.rule ban.rule_version ban.until ban.created_at ban.lifted_at
    passkey.host
    person.id person.language person.role person.created_at person.disabled_at person.left_at
    person.totp_step
    department.id department.name department.created_at department.closed_at
    topic.id topic.name topic.department_id topic.created_at topic.closed_at
    recovery_code.code_hash recovery_code.used_at
    passkey.id passkey.public_key passkey.sign_count passkey.created_at passkey.used_at
    identity.issuer identity.created_at
    sign_in_step.token_hash sign_in_step.kind sign_in_step.expires_at
    session.id_hash session.csrf session.created_at session.factor
    journal.id journal.at journal.kind journal.data journal.text_digest journal.previous
    journal.hash journal_text.journal_id journal_text.salt
    log_seal.id log_seal.at log_seal.heads log_seal.digest log_seal.previous log_seal.hash
    log_head.seal_id log_head.case_id log_head.seq log_head.hash
    site_file.name site_file.text site_file.changed_at site_file.digest site_file.digest_head
    site_file.digest_written site_file.digest_seen site_file.available_at site_file.tries
    site_file.problem
    canned_reply.id canned_reply.name canned_reply.lang canned_reply.body
    canned_reply.department_id canned_reply.changed_at
    term.folded term.written term.created_at
    one_time_link.purpose one_time_link.token_hash one_time_link.expires_at
    sign_in_try.id sign_in_try.at
    day_key.day day_key.key
    """.split()
)
