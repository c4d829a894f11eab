"""One blog for each file of tests, tried from outside: HTTP, mails, files."""

from collections.abc import Iterator

import pytest

from tests.support.institution import Institution, institution


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institution]:
    with institution(tmp_path_factory.mktemp("outside") / "blog") as made:
        yield made
