"""Which stored columns hold personal data, why, and how long.

Source of the duty: GDPR articles 5.1 (c, e) and 30. A test holds this table against
the schema: every column stands here or in ``IMPERSONAL``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Personal:
    """purpose: what it is kept for; kept: when it goes."""

    purpose: str
    kept: str


_WITH_COMMENT = "as long as the comment; erased with it"
_WITH_ADDRESS = "12 months after the last comment or mail that it was for"
_WITH_ACCOUNT = "as long as the account"

PERSONAL = {
    "comment.network": Personal("limits and repeated sending", "8 days; its key goes then too"),
    "comment.fingerprint": Personal("the same post sent twice", "8 days; cleared with network"),
    "comment.url": Personal("address that the author gave (imports)", _WITH_COMMENT),
    "revision.author": Personal("signature of the comment", _WITH_COMMENT),
    "revision.body": Personal("the comment", _WITH_COMMENT),
    "revision.position": Personal("signature of an answer", _WITH_COMMENT),
    "revision.department": Personal("signature of an answer", _WITH_COMMENT),
    "revision.reason": Personal("why a comment was not published", _WITH_COMMENT),
    "revision.decided_by": Personal("who answers for a decision", _WITH_COMMENT),
    "cases.address_id": Personal("mails about the comment", _WITH_ADDRESS),
    "address.lookup": Personal("the same address found again", _WITH_ADDRESS),
    "address.sealed": Personal("mails that its reader asked for", _WITH_ADDRESS),
    "subscription.address_id": Personal("mails about a conversation", _WITH_ADDRESS),
    "mail.address_id": Personal("one mail for each cause", _WITH_ADDRESS),
    "event.actor": Personal("who answers for a decision", "with the log"),
    "event_text.text": Personal("wording at the time of an event", _WITH_COMMENT),
    "person.login": Personal("sign-in", _WITH_ACCOUNT),
    "person.name": Personal("signature of answers", _WITH_ACCOUNT),
    "person.position": Personal("signature of answers", _WITH_ACCOUNT),
    "person.department": Personal("signature of answers", _WITH_ACCOUNT),
    "person.password_hash": Personal("sign-in", _WITH_ACCOUNT),
    "session.person_id": Personal("who is signed in", "12 hours at most"),
    "session.seen_at": Personal("end of an idle session", "12 hours at most"),
    "sign_in_try.subject": Personal("limit on wrong passwords", "one day"),
}

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
