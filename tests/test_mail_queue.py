"""What it costs to find the next mail among those that wait."""

from datetime import timedelta

import pytest

from comments_service.domain.mails import MailKind
from comments_service.store import addresses, mails
from comments_service.store.engine import Connection, Store
from tests.support.fixtures import Clock
from tests.support.steps import counted_steps

FEW, MANY = 50, 500
DEEPER = 1.2
"""More is in a tree with more levels."""


def somebody(connection: Connection, name: str, clock: Clock) -> int:
    """An address that nobody confirmed."""
    return addresses.keep(connection, name, name.encode(), "es", clock())


def send_what_may_leave(connection: Connection, clock: Clock) -> int:
    sent = 0
    while waiting := mails.claim(connection, "us", clock()):
        mails.finish(connection, waiting.id, mails.SENT, clock())
        sent += 1
    return sent


def steps_of_a_claim(store: Store, clock: Clock) -> int:
    with store.write() as connection, counted_steps(connection) as counted:
        assert mails.claim(connection, "us", clock()) is None
        return counted[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestAClaim:
    def test_costs_no_more_for_each_mail_that_waits_for_one_address(
        self, store: Store, clock: Clock
    ) -> None:
        took = {}
        for count in (FEW, MANY):
            with store.write() as connection:
                one = somebody(connection, "one", clock)
                for number in range(count):
                    for kind in (MailKind.RECEIPT, MailKind.PUBLISHED):
                        mails.ask(connection, kind, one, f"{count} {number}", clock())
                send_what_may_leave(connection, clock)
            took[count] = steps_of_a_claim(store, clock)
        assert took[FEW] > FEW
        assert took[MANY] <= took[FEW] * (MANY + FEW) / FEW * DEEPER

    def test_costs_no_more_for_each_of_many_addresses_that_were_written_to(
        self, store: Store, clock: Clock
    ) -> None:
        took = {}
        for count in (FEW, MANY):
            with store.write() as connection:
                for number in range(count):
                    who = somebody(connection, f"{count} {number}", clock)
                    mails.ask(connection, MailKind.RECEIPT, who, "received", clock())
                    mails.ask(connection, MailKind.PUBLISHED, who, "published", clock())
                assert send_what_may_leave(connection, clock) == count
            took[count] = steps_of_a_claim(store, clock)
        assert took[MANY] <= took[FEW] * (MANY + FEW) / FEW * DEEPER

    def test_is_free_again_after_a_day(self, store: Store, clock: Clock) -> None:
        with store.write() as connection:
            who = somebody(connection, "one", clock)
            for again in (1, 2):
                for cause in range(mails.MOST_ASKING):
                    mails.ask(connection, MailKind.RECEIPT, who, f"{again} {cause}", clock())
                sent = send_what_may_leave(connection, clock)
                assert sent == (mails.MOST_ASKING if again == 1 else 0)
            clock.forward(seconds=(mails.WINDOW_ASKING + timedelta(seconds=1)).total_seconds())
            assert send_what_may_leave(connection, clock) == mails.MOST_ASKING
