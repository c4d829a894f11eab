"""T29, I10: personal texts go through every flow and are found in no place that lasts or that
anybody else reads: no file of the content, no commit, no page, no feed, no log.
"""

import random
import re
from pathlib import Path

import pytest

from tests.faults import in_database
from tests.faults.clients import Reader, Staff, ask
from tests.faults.invariants import assert_holds
from tests.faults.service import running
from tests.faults.world import MODES, World, make_world

EMAIL = "canaria.personal@correo.invalid"
ADDRESS = "203.0.113.77"
AGENT = "CanaryBrowser/7.7"
REFERRER = "https://intranet.invalid/canaria-referida"
HEADERS = {"X_Forwarded_For": ADDRESS, "User_Agent": AGENT, "Referer": REFERRER}


@pytest.mark.parametrize("mode", MODES)
def test_what_is_personal_is_found_nowhere(mode: str, tmp_path: Path, dice: random.Random) -> None:
    root = tmp_path / "world"
    root.mkdir()
    world = make_world(root, mode)
    world.more["TERTULIA_TRUSTED_PROXIES"] = "1"
    with running(world, command="up") as program:
        staff = Staff(world, program.port, dice, headers=dict(HEADERS))
        staff.sign_in(program.administrator_link())
        reader = Reader(world, program.port, dice, headers=dict(HEADERS))
        words = [reader.write("hola") for _ in range(7)]
        told = {a["word"]: a for a in world.history.acts() if a["told"]}
        session = staff.cookie.partition("=")[2]
        world.canaries += [EMAIL, ADDRESS, AGENT, REFERRER, session, staff.csrf, "muy larga"]
        world.canaries += [act["token"] for act in told.values()]
        with_everything(program.port, reader)
        for act in told.values():
            page = ask(
                program.port, "GET", f"/seguimiento/{act['reference']}/{act['token']}", **HEADERS
            )
            assert page.status == 200
        reference = {word: told[word]["reference"] for word in words}
        staff.approve(words[0], reference[words[0]])
        staff.reject(words[1], reference[words[1]])
        staff.answer(words[2], reference[words[2]])
        staff.approve(words[3], reference[words[3]])
        staff.approve(words[4], reference[words[4]])
        for path in wrong_requests(told[words[0]]["token"]):
            ask(program.port, "GET", path, **HEADERS)
        ask(program.port, "POST", "/gestion/entrar", {"login": EMAIL, "password": EMAIL}, **HEADERS)
        assert_holds(world, "canaries", 60)
        ids = {word: comment_id(world, reference[word]) for word in words}
        staff.revise(words[0], ids[words[0]])
        staff.withdraw(words[3], ids[words[3]])
        staff.erase(words[4], ids[words[4]])
        program.fault = None
        program.kill_worker()
        assert_holds(world, "canaries after a kill", 60)
        program.stop()
    # The link of the first account is printed on purpose: whoever starts the program needs it.
    assert not re.search(r"seguimiento/\S+/[a-z2-7]{20}", world.log.read_text("utf-8"))


def with_everything(port: int, reader: Reader) -> None:
    """Fields that people never see, and fields that do not exist."""
    fields = {
        "author": "Miren",
        "body": "Sin nada personal.",
        "lang": "es",
        "website": EMAIL,
        "email": EMAIL,
        "phone": ADDRESS,
        "in_reply_to": EMAIL,
    }
    answer = ask(port, "POST", f"/comentar/hola?email={EMAIL}", fields, **reader.headers)
    assert answer.status == 303
    faulty = ask(port, "POST", "/comentar/hola", fields | {"body": ""}, **reader.headers)
    assert faulty.status == 422


def wrong_requests(token: str) -> list[str]:
    """Addresses that lead nowhere, with something personal in them."""
    return [
        f"/seguimiento/2026-999999/{token}",
        f"/seguimiento/{EMAIL}/{token}x",
        f"/comentar/{EMAIL}",
        f"/nada/{token}",
        f"/gestion/comentario/{ADDRESS}",
        f"/?correo={EMAIL}",
    ]


def comment_id(world: World, reference: str) -> str:
    number = int(reference.split("-")[1])
    query = "SELECT comment_id FROM cases WHERE id = :id"
    return str(in_database.rows(world, query, id=number)[0][0])
