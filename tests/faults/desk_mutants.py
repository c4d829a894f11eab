"""What staff rely on at the desk taken out, one by one: the test that stands for it must fail."""

from tests.faults.mutant import Mutant

TOGETHER = "comments_service/usecases/together.py"
TAKEN = "comments_service/usecases/taken_together.py"
CUTTING = "comments_service/usecases/cutting.py"
CLAIMS = "comments_service/usecases/claims.py"
PASSING = "comments_service/usecases/passing.py"


def _of(area: str, name: str = "test") -> tuple[str, ...]:
    """Those tests alone, on SQLite."""
    return (f"tests/test_{area}.py", "-k", f"{name} and not postgresql")


DESK_MUTANTS = [
    Mutant(
        "decides several on other words than were seen",
        TOGETHER,
        "    if case.revision != seen:\n",
        "    if False:\n",
        _of("together"),
    ),
    Mutant(
        "decides several over a colleague who looks at one",
        TOGETHER,
        "    if case.claimant(now) not in (None, by.id):\n",
        "    if False:\n",
        _of("together"),
    ),
    Mutant(
        "publishes several with what is for staff alone",
        TOGETHER,
        "    if case.private and what is What.PUBLISH:\n",
        "    if False:\n",
        _of("together"),
    ),
    Mutant(
        "takes back several over what happened since",
        TAKEN,
        "    if not _is_last(record, name):\n",
        "    if False:\n",
        _of("together"),
    ),
    Mutant(
        "shows what somebody else decided together",
        TAKEN,
        "    return store.decided(connection, name, person_actor(by.id), at)\n",
        '    return store.decided(connection, name, "person:1", at)\n',
        _of("together"),
    ),
    Mutant(
        "cuts another wording than was seen",
        CUTTING,
        "        if case.revision != revision:\n",
        "        if False:\n",
        _of("cutting"),
    ),
    Mutant(
        "tells a form of no colleague who looks at it",
        CLAIMS,
        "    if case.claimant(now) not in (None, by.id):\n",
        "    if False:\n",
        _of("claims"),
    ),
    Mutant(
        "leaves the dates of an opening that was undone",
        "comments_service/usecases/undo.py",
        "    promises.put_back(connection, case, event, now)\n",
        "",
        _of("promises", "undone"),
    ),
    Mutant(
        "builds nothing when a pause is over",
        PASSING,
        "    return any(since < moment <= now for moment in moments if moment)\n",
        "    return False\n",
        _of("conversations", "end_of_a_pause"),
    ),
    Mutant(
        "builds again and again what fails",
        PASSING,
        "abs(now - last.started_at) < AGAIN:\n",
        "False:\n",
        _of("conversations", "build_that_fails"),
    ),
]
