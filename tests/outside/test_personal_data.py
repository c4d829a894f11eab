"""What is personal: found in no place that lasts or that others read, and gone when asked.

The comments have a repository of their own here, so that what is erased leaves history too.
"""

import gzip
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.hands import git
from tests.support.institution import (
    Institution,
    institution,
    links_of,
    private_of,
    reference_of,
    token_of,
    write_rule,
)
from tests.support.visitor import Page, Visitor

EMAIL = "Canaria.Personal@correo.example"
ADDRESS = "203.0.113.77"
AGENT = "CanaryBrowser/7.7"
REFERRER = "https://intranet.example/canaria-referida"
HEADERS = {"X-Forwarded-For": ADDRESS, "User-Agent": AGENT, "Referer": REFERRER}


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository of the comments, in which staff wrote a rule."""
    folder = tmp_path_factory.mktemp("remote") / "comments.git"
    theirs = folder.parent / "theirs"
    git(folder.parent, "init", "--quiet", "--bare", "--initial-branch=comments", str(folder))
    git(folder.parent, "clone", "--quiet", str(folder), str(theirs))
    git(theirs, "checkout", "--quiet", "--orphan", "comments")
    write_rule(theirs, 1, 1, "Respeto", "Sin insultos.")
    git(theirs, "add", "--all")
    git(theirs, "commit", "--quiet", "--message=The rules")
    git(theirs, "push", "--quiet", "origin", "comments")
    return folder


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, remote: Path) -> Iterator[Institution]:
    """Behind one proxy, with comments in a repository of their own."""
    blog = tmp_path_factory.mktemp("canaries") / "blog"
    git_ = {"comments_git": "clone", "comments_remote": str(remote)}
    with institution(blog, trusted_proxies=1, **git_) as made:
        made.tick()  # makes the clone
        made.build()
        yield made


@pytest.fixture
def reader() -> Visitor:
    return Visitor(headers=dict(HEADERS))


def everything(office: Institution, remote: Path) -> dict[str, bytes]:
    """Every file of blog, site, database and log as it is on the disk, and all that Git has: of
    the remote what its branches reach (the rest is for whoever runs it to collect), of our own
    clone every object. Left out: the key's folder.
    """
    found = {}
    for file in sorted(office.folder.rglob("*")):
        if file.is_file() and "secrets" not in file.parts:
            data = file.read_bytes()
            found[str(file)] = gzip.decompress(data) if file.suffix == ".gz" else data
    clone = office.blog.settings.clone_folder
    reached = git(remote, "rev-list", "--objects", "--no-object-names", "--all")
    every = ["git", "cat-file", "--batch"]
    for name, folder, more, wanted in (
        ("remote", remote, (), reached),
        ("clone", clone, ("--batch-all-objects",), ""),
    ):
        found[name] = subprocess.run(
            [*every, *more], input=wanted.encode(), cwd=folder, capture_output=True, check=True
        ).stdout
    return found


def where(found: dict[str, bytes], words: list[str]) -> list[tuple[str, str]]:
    return [
        (name, word)
        for name, data in found.items()
        for word in words
        if word.lower().encode() in data.lower()
    ]


class TestACanary:
    def test_is_found_nowhere_after_every_flow(
        self, office: Institution, remote: Path, reader: Visitor
    ) -> None:
        office.write(reader, author="Miren", body="Uno.", email=EMAIL)
        office.tick()
        office.confirm(EMAIL)
        flows = [
            office.write(reader, author="Miren", body=f"Texto {number}.", email=EMAIL, **more)
            for number, more in enumerate([{}, {}, {}, {}, {"private": "1"}, {}])
        ]
        refused, answered, corrected, withdrawn, private, waiting = flows
        for each in (answered, corrected, withdrawn):
            office.decide(each, "publicar")
        office.refuse(refused)
        office.decide(private, "contestar", body="En privado.")
        office.answer(answered)
        for of, below, act, sent in (
            (answered, "", "valorar", {"useful": "0", "body": "No me sirve."}),
            (answered, "", "anadir", {"body": "Y más."}),
            (corrected, "/corregir", "corregir", {"body": "Corregido."}),
            (refused, "", "reclamar", {"body": "¿Seguro?"}),
            (withdrawn, "/retirar", "retirar", {}),
            (waiting, "/enlace", "enlace", {}),
        ):
            page = reader.get(private_of(of) + below)
            assert reader.send(page, f"/{act}", **sent).status == 200, act
        reader.send(reader.get(f"{office.url}/seguir/hola"), "/seguir/", email=EMAIL)
        office.tick(hours=4)
        for path in self.wrong(token_of(answered)):
            assert reader.get(office.url + path).status >= 400
        reader.post(f"{office.url}/comentar/hola", {"author": EMAIL, "body": "", "email": EMAIL})
        reader.post(f"{office.url}/seguimiento/", {"code": "A7KD-93HM-PWX4"})
        office.tick(hours=4)
        links = [link for mail in office.sink.taken for link in links_of(mail)]
        tokens = {each for link in links for each in re.findall(r"[a-z2-7]{32}", link)}
        codes = re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", answered.text)
        assert len(office.sink.taken) > 6
        assert len(tokens) > 6
        assert codes
        canaries = [EMAIL, ADDRESS, AGENT, REFERRER, *tokens, *codes, *map(token_of, flows)]
        found = everything(office, remote)
        assert where(found, ["Texto 1."])  # it looks where comments are
        assert where(found, canaries) == []

    def wrong(self, token: str) -> list[str]:
        """Addresses that lead nowhere, with something personal in them."""
        return [
            f"/seguimiento/2026-999999/{token}",
            f"/seguimiento/{EMAIL}/{token}",
            f"/comentar/{EMAIL}",
            f"/nada/{token}",
            f"/gestion/comentario/{ADDRESS}",
        ]


class TestErasing:
    SECRETS = ("Nombre que se borra", "Palabras que se borran.", "Lo que se corrige.", "Lo dicho.")

    def test_leaves_nothing_anywhere_after_one_tick_but_a_tombstone(
        self, office: Institution, remote: Path, reader: Visitor
    ) -> None:
        name, body, edited, added = self.SECRETS
        receipt = office.write(reader, author=name, body=body, email="se.borra@correo.example")
        office.publish(receipt)
        office.answer(receipt, "Una respuesta que se queda.")
        for below, act, text in (("", "anadir", added), ("/corregir", "corregir", edited)):
            page = Visitor().get(private_of(receipt) + below)
            assert Visitor().send(page, f"/{act}", body=text).status == 200
        office.decide(receipt, "publicar")
        office.tick()
        before = everything(office, remote)
        assert {word for _, word in where(before, [name, edited])} == {name, edited}
        gone = Visitor().send(Visitor().get(private_of(receipt) + "/borrar"), "/borrar")
        assert "borrad" in gone.heading
        office.tick()
        assert where(everything(office, remote), [*self.SECRETS, "se.borra@correo.example"]) == []
        page = Visitor().get(f"{office.url}/2026/11/hola/")
        assert "Una respuesta que se queda." in page.text
        assert self.tombstones(page)
        assert Visitor().get(private_of(receipt)).status == 404
        shown = office.staff().get(f"{office.url}/gestion/comentario/{reference_of(receipt)}")
        assert "Borrado" in shown.words

    def tombstones(self, page: Page) -> list[str]:
        entries = (each for each in page.tree.iter("article") if each.get("id"))
        said = (" ".join("".join(each.itertext()).split()) for each in entries)
        return [each for each in said if "borró" in each or "retir" in each or "borrado" in each]


class TestTheClocks:
    def test_take_keys_of_networks_and_what_was_refused_when_their_time_comes(
        self, office: Institution
    ) -> None:
        """Run by the tick, on the days that the privacy page tells."""
        receipt = office.write(body="Lo que se rechaza y caduca.", author="Caduca")
        office.refuse(receipt, "Un motivo que caduca.")
        assert self.networks(office)
        office.tick(days=9)
        assert self.networks(office) == 0
        office.tick(days=160)
        assert Visitor().get(private_of(receipt)).status == 200
        office.tick(days=20)
        assert Visitor().get(private_of(receipt)).status == 404
        stored = office.stored()
        assert "Lo que se rechaza y caduca." not in stored
        assert "Un motivo que caduca." not in stored

    def networks(self, office: Institution) -> int:
        """Comments of which the database still knows a hash of the network they came from."""
        path = office.blog.settings.var_folder / "tertulia.sqlite3"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            query = "SELECT count(*) FROM comment WHERE network IS NOT NULL"
            return int(connection.execute(query).fetchone()[0])
