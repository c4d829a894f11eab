"""Send a blog's waiting mails, killed as by ``kill -9`` at a step.

python -m tests.support.mail_and_die BLOG DATABASE PORT FAULT (``mail.sent:kill``)
"""

import sys
from datetime import UTC, datetime

from comments_service.usecases.faults import step_of
from comments_service.usecases.sending import send_waiting
from tests.support.mailing import blog_with_mail


def main(folder: str, database: str, port: str, fault: str) -> None:
    now = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    with blog_with_mail(folder, database, int(port)) as blog:  # type: ignore[arg-type]
        send_waiting(blog, lambda: now, step_of(fault))


if __name__ == "__main__":
    main(*sys.argv[1:5])
