"""What other comment systems get wrong, each mistake as a test that it would fail.

Each was found in the code of Isso, Waline, Artalk, Staticman, Remark42, Comentario or WordPress.
Of two the nearest thing is tried: there is no list of words (screening must hit no innocent word
all the same), and no import (taking in files that appeared must leave the others alone). There
is no list of recent comments of its own: the test looks through every file of the site.
"""

import gzip
import hashlib
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from comments_service.domain.comments import MAX_BODY_CHARS
from tests.support.hands import Staff
from tests.support.institution import (
    Institution,
    institution,
    links_of,
    private_of,
    reference_of,
    token_of,
)
from tests.support.visitor import Page, Visitor, text_of


def of_the_site(office: Institution) -> dict[str, str]:
    """Every file that a server would give to anybody, unpacked."""
    found = {}
    for file in sorted(office.output.rglob("*")):
        if file.is_file():
            data = file.read_bytes()
            data = gzip.decompress(data) if file.suffix == ".gz" else data
            found[str(file.relative_to(office.output))] = data.decode("utf-8", "replace")
    return found


def where(office: Institution, word: str) -> list[str]:
    return [name for name, text in of_the_site(office).items() if word in text]


def article(office: Institution, thread: str = "hola") -> Page:
    return Visitor().get(f"{office.url}/2026/11/{thread}/")


class TestAnEdit:
    def test_of_an_approved_comment_is_read_by_a_person_before_anybody_else(
        self, office: Institution
    ) -> None:
        receipt = office.write(body="Lo que se aprobó.")
        office.publish(receipt)
        private = Visitor().get(private_of(receipt))
        edit = Visitor().get(private.url + "/corregir")
        Visitor().send(edit, "/corregir", body="Compra barato aquí")
        office.tick()
        office.build()
        assert where(office, "Lo que se aprobó.")
        assert not where(office, "Compra barato aquí")
        assert "Compra barato aquí" in office.staff().get(f"{office.url}/gestion/").text


class TestALink:
    def test_does_one_thing_and_no_other(self, office: Institution) -> None:
        """Of the private page, of an address, of a comment's mails, of what is followed."""
        email = "una.llave@correo.example"
        receipt = office.write(email=email)
        office.tick()
        office.confirm(email)
        office.publish(receipt)
        Visitor().send(Visitor().get(f"{office.url}/seguir/hola"), "/seguir/", email=email)
        office.tick()
        secrets = {
            urlsplit(link).path.rpartition("/")[0]: link.rpartition("/")[2]
            for mail in office.mails(email)
            for link in links_of(mail)
            if re.search(r"/[a-z2-7]{32}$", link)
        }
        kinds = {path.split("/")[1] + "/" + path.split("/")[2] for path in secrets}
        assert kinds >= {"correo/direccion", "correo/caso", "correo/seguir"}
        assert len(set(secrets.values())) == len(secrets)
        for path in secrets:
            for other, token in secrets.items():
                status = Visitor().get(f"{office.url}{path}/{token}").status
                assert status == (200 if other == path else 404), (path, other)

    def test_can_be_taken_back(self, office: Institution) -> None:
        receipt = office.write(body="Alguien vio mi enlace.")
        old = private_of(receipt)
        new = Visitor().send(Visitor().get(old + "/enlace"), "/enlace")
        assert new.status == 200
        assert token_of(new) != token_of(receipt)
        for below in ("", "/recibido", "/corregir", "/retirar", "/borrar", "/enlace"):
            assert Visitor().get(old + below).status == 404
        for act in ("anadir", "corregir", "retirar", "borrar", "sin-correos"):
            sent = {"seen": "1", "body": "x"} if act in ("anadir", "corregir") else {}
            assert Visitor().post(f"{old}/{act}", sent).status == 404


class TestTheLinksOfStaff:
    def test_hold_no_key_and_need_no_script(self, office: Institution) -> None:
        receipt = office.write(body="Decidido sin guion ni llave.")
        staff = office.staff()
        case = f"{office.url}/gestion/comentario/{reference_of(receipt)}"
        for page in (staff.get(f"{office.url}/gestion/"), staff.get(case)):
            csrf = page.form("/publicar")["csrf"]
            addresses = [*page.links(), *re.findall(r'action="([^"]*)"', page.text)]
            cookies = {cookie.value or "" for cookie in staff.cookies}
            for address in addresses:
                assert csrf not in address
                assert not any(value in address for value in cookies if value)
            assert "<script" not in page.text
            assert not re.search(r"\son[a-z]+=", page.text)
        done = staff.send(staff.get(case), "/publicar")
        assert "Publicado" in done.text or "publica" in done.text

    def test_change_nothing_when_a_scanner_opens_them(self, office: Institution) -> None:
        """Every address that staff's pages name, forms included, by whoever is signed in."""
        office.write(body="Nadie lo decide mirando.")
        staff = office.staff()
        seen, todo = set(), [f"{office.url}/gestion/"]
        before = decided(office)
        while todo:
            address = todo.pop()
            if address in seen or "/gestion" not in address:
                continue
            seen.add(address)
            page = staff.get(address)
            todo += page.links()
            acts = re.findall(r'action="([^"]*)"', page.text)
            assert page.status == 200, address
            for act in acts:
                assert staff.get(act).status in (200, 404, 405), act
        assert len(seen) > 6
        assert decided(office) == before


def decided(office: Institution) -> str:
    """What the database holds, but for when a session was used last."""
    return re.sub(r'INSERT INTO "?session"? .*\n', "", office.stored())


class TestErasing:
    def test_takes_address_name_and_text_along(self, office: Institution) -> None:
        before = addresses_in(office)
        receipt = office.write(
            author="Nombre Borrable", body="Palabras borrables.", email="borrable@correo.example"
        )
        office.publish(receipt)
        assert where(office, "Palabras borrables.")
        assert addresses_in(office) == before + 1
        page = Visitor().get(private_of(receipt) + "/borrar")
        gone = Visitor().send(page, "/borrar")
        assert gone.status == 200
        office.tick()
        assert addresses_in(office) == before
        stored = office.stored()
        shown = office.staff().get(f"{office.url}/gestion/comentario/{reference_of(receipt)}").text
        for word in ("Nombre Borrable", "Palabras borrables.", "borrable@correo.example"):
            assert word not in stored
            assert not where(office, word)
            assert word not in shown


def addresses_in(office: Institution) -> int:
    """Those that can be read; of an erased one a keyed hash stays, with what it was sent."""
    return len(
        re.findall(r"INSERT INTO \"?address\"? VALUES\(\d+,'[^']*',X'[0-9A-F]", office.stored())
    )


class TestTheKey:
    def test_is_made_here_and_is_nobody_elses(self, office: Institution, tmp_path: Path) -> None:
        file = office.blog.settings.var_folder / "secrets" / "master.key"
        with institution(tmp_path / "other", "hola") as other:
            theirs = other.blog.settings.var_folder / "secrets" / "master.key"
            assert theirs.read_bytes() != file.read_bytes()
            assert len(file.read_bytes()) == 32
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            first = other.write(email="ana@correo.example")
            assert Visitor().get(private_of(first)).status == 200
            here = private_of(first).replace(other.url, office.url)
            assert Visitor().get(here).status == 404

    def test_no_hash_of_an_address_is_public(self, office: Institution) -> None:
        email = "Con.Huella@correo.example"
        receipt = office.write(body="Sin huella.", email=email)
        office.publish(receipt)
        assert where(office, "Sin huella.")
        for spelt in (email, email.lower()):
            for name in ("md5", "sha1", "sha256", "sha512"):
                print_ = hashlib.new(name, spelt.encode(), usedforsecurity=False).hexdigest()
                for part in (print_, print_[:12]):
                    assert not where(office, part)
                    assert part not in office.stored()
        assert not where(office, "gravatar")


class TestAKnownAddress:
    def test_does_not_publish_what_comes_with_it(self, office: Institution) -> None:
        """Whoever knows a name and an address that were approved once is not who has them."""
        email = "conocida@correo.example"
        known = office.write(author="Conocida", body="La primera, de verdad.", email=email)
        office.publish(known)
        fake = office.write(author="Conocida", body="La segunda, de otra persona.", email=email)
        office.tick()
        office.build()
        assert not where(office, "La segunda, de otra persona.")
        assert Visitor().get(private_of(fake)).heading.startswith("Recibido")


class TestAWithdrawnComment:
    def test_leaves_its_replies_and_its_place(self, office: Institution) -> None:
        parent = office.write(body="La pregunta que se retira.", author="Pregunta")
        office.publish(parent)
        (id_,) = ids_with(office, "La pregunta que se retira.")
        form = Visitor().get(f"{office.url}/comentar/hola?responder={id_}")
        office.clock.forward(seconds=1)
        reply = Visitor().send(form, "/comentar/", author="Respuesta", body="Lo que respondo.")
        office.publish(reply)
        page = Visitor().get(private_of(parent) + "/retirar")
        Visitor().send(page, "/retirar")
        office.tick()
        assert not where(office, "La pregunta que se retira.")
        shown = article(office)
        assert "Lo que respondo." in shown.text
        assert f'id="comment-{id_}"' in shown.text


def ids_with(office: Institution, words: str) -> list[str]:
    """Ids of the comments on the page of `hola` that say this."""
    found = article(office).tree.iter("article")
    named = (each for each in found if (each.get("id") or "").startswith("comment-"))
    return [each.get("id")[8:] for each in named if words in text_of(each)]


class TestAnAddressOfSomebodyElse:
    def test_gets_nothing_but_one_question(self, office: Institution) -> None:
        """However it was typed: with a comment, or to follow a conversation."""
        writer, follower = "no.escribi@correo.example", "no.sigo@correo.example"
        office.publish(office.write(body="Con una dirección ajena.", email=writer))
        form = Visitor().get(f"{office.url}/seguir/hola")
        Visitor().send(form, "/seguir/", email=follower)
        office.tick()
        for number in range(2):
            office.publish(office.write(body=f"Otra cosa más {number}."))
        (asked,), (question,) = office.mails(writer), office.mails(follower)
        assert "Con una dirección ajena." not in asked.get_content()
        assert "Aitor" not in asked.get_content()
        assert "/seguimiento/2" not in asked.get_content()
        assert "¿Quieres seguir" in str(question["Subject"])


class TestAFilesPath:
    WORDS = ("../../../fuera", "..%2f..%2ffuera", "/etc/passwd", "hola/../otra", "hola\\..", "ñ")

    def test_is_never_what_a_request_says(self, office: Institution) -> None:
        before = files(office.folder.parent)
        for word in self.WORDS:
            sent = {"author": "Aitor", "body": f"Hacia {word}", "thread": word, "slug": word}
            answer = Visitor().post(f"{office.url}/comentar/{quote(word, safe='%')}", sent)
            assert answer.status in (404, 405), word
            options = {"options[slug]": word, "in_reply_to": word, "lang": word, "id": word}
            office.clock.forward(seconds=1)
            taken = Visitor().post(f"{office.url}/comentar/hola", sent | options)
            assert taken.status == 200
            office.decide(taken, "publicar")
        office.tick()
        new = files(office.folder.parent) - before
        comments = {name for name in new if "/content/comments/" in name}
        assert len(comments) == len(self.WORDS)
        for name in comments:
            assert re.search(r"/content/comments/hola/[0-9a-z]{26}\.md$", name)
        assert not [
            each for each in new - comments if "/output/" not in each and "/var/" not in each
        ]


def files(folder: Path) -> set[str]:
    return {str(each) for each in folder.rglob("*") if each.is_file()}


class TestTheNetworkAddress:
    HEADERS = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP")

    def test_cannot_be_chosen_in_a_header(self, office: Institution) -> None:
        """The limit of wrong codes holds, whoever one says to be."""
        for number in range(11):
            said = dict.fromkeys(self.HEADERS, f"198.51.100.{number}")
            page = Visitor(headers=said).post(f"{office.url}/seguimiento/", {"code": "mal"})
            assert page.status == (422 if number < 10 else 429)
        office.clock.forward(days=1.1)


class TestTheLimits:
    def test_are_the_services_and_not_only_the_browsers(self, office: Institution) -> None:
        before = decided(office)
        too_much = {
            "long": ({"body": "a" * (MAX_BODY_CHARS + 1)}, 422),
            "links": ({"body": "[a](https://a.example) " * 60}, 422),
            "nested": ({"body": "> " * 60 + "Hola."}, 422),
            "name": ({"author": "Ane" * 60, "body": "Hola."}, 422),
            "nobody": ({"author": "", "body": "Hola."}, 422),
            "address": ({"body": "Hola.", "email": "nadie"}, 422),
            "huge": ({"body": "a" * 2_000_000}, 413),
        }
        for name, (sent, status) in too_much.items():
            answer = Visitor().post(f"{office.url}/comentar/hola", {"author": "Ane"} | sent)
            assert answer.status == status, name
        assert decided(office) == before


class TestAnInnocentWord:
    WORDS = "especialista WordPress press Scunthorpe analista cumplir computadora socialista"

    def test_is_not_taken_for_a_part_of_it(self, office: Institution) -> None:
        receipt = office.write(body=f"Soy {self.WORDS}.", author="Socialista Analista")
        page = office.staff().get(f"{office.url}/gestion/comentario/{reference_of(receipt)}")
        assert self.WORDS in page.text
        assert 'class="screening' not in page.text
        assert Visitor().get(private_of(receipt)).heading.startswith("Recibido")


class TestATrackingQuery:
    QUERIES = ("fbclid=IwAR0", "utm_source=boletin&utm_medium=x", "thread=otra", "uri=/otra/")

    def test_makes_no_second_conversation(self, office: Institution) -> None:
        plain = article(office)
        for query in self.QUERIES:
            page = Visitor().get(f"{plain.url}?{query}")
            assert page.text == plain.text
            office.clock.forward(seconds=1)
            sent = page.form("/comentar/hola") | {"author": "Ane", "body": f"Desde {query}."}
            office.decide(Visitor().post(f"{office.url}/comentar/hola?{query}", sent), "publicar")
        office.tick()
        for query in self.QUERIES:
            assert f"Desde {query.replace('&', '&amp;')}." in article(office).text
        assert sorted(each.name for each in office.blog.comments_folder.glob("[!_]*")) == ["hola"]


class TestWhatIsNotPublic:
    def test_is_in_no_file_and_on_no_page(self, office: Institution) -> None:
        """One word each for what waits, was refused, is private, withdrawn or erased."""
        waiting = office.write(body="palabraenespera")
        refused = office.write(body="palabrarechazada")
        hidden = office.write(body="palabraprivada", private="1")
        gone = office.write(body="palabraretirada")
        seen = office.write(body="palabrapublica")
        office.refuse(refused)
        for each in (gone, seen):
            office.decide(each, "publicar")
        office.tick()
        assert where(office, "palabraretirada")
        office.answer(hidden, "respuestaprivada")
        Visitor().send(Visitor().get(private_of(gone) + "/retirar"), "/retirar")
        office.tick()
        office.build()
        shown = where(office, "palabrapublica")
        assert any(name.endswith("atom.xml") for name in shown)
        assert any("conversaciones" in name for name in shown)
        others = ("palabraenespera", "palabrarechazada", "palabraprivada", "respuestaprivada")
        for word in (*others, "palabraretirada"):
            assert not where(office, word), word
        for page in self.forms(office, waiting, refused, hidden, gone):
            assert not [word for word in (*others, "palabraretirada") if word in page.text]

    def forms(self, office: Institution, *receipts: Page) -> Iterator[Page]:
        """The form, asked to show each of them as what is replied to or quoted."""
        stored = office.stored()
        for receipt in receipts:
            number = int(reference_of(receipt).rpartition("-")[2])
            found = re.search(
                rf'INSERT INTO "?cases"? VALUES\({number},.*?([0-9a-z]{{26}})', stored
            )
            assert found
            for name in ("responder", "citar"):
                yield Visitor().get(f"{office.url}/comentar/hola?{name}={found[1]}")


class TestARefusal:
    def test_names_the_rule_and_accuses_of_nothing(self, office: Institution) -> None:
        email = "rechazada@correo.example"
        receipt = office.write(body="Eres un inútil.", email=email)
        office.tick()
        office.confirm(email)
        page = office.refuse(receipt, "Critica lo que hizo, no a la persona.")
        (letter,) = [
            each.get_content() for each in office.mails(email) if "No hemos" in each["Subject"]
        ]
        for said in (page.words, " ".join(letter.split())):
            assert "Norma 1: Respeto" in said
            assert "Sin insultos." in said
            assert "Critica lo que hizo, no a la persona." in said
            assert not re.search(r"spam|inapropiad|ofensiv|abus", said, re.IGNORECASE)


class TestFilesThatAppear:
    def test_leave_the_others_as_they_were(self, office: Institution) -> None:
        office.publish(office.write(body="El de antes."))
        team = Staff("off", office.blog.comments_folder)
        (id_,) = ids_with(office, "El de antes.")
        before = {path: path.read_bytes() for path in team.folder.glob("hola/*.md")}
        other = "01jdabcdefghjkmnpqrstvwxyz"
        text = team.read("hola", id_).decode().replace(id_, other)
        (team.folder / "hola" / f"{other}.md").write_text(
            text.replace("El de antes.", "El que apareció."), "utf-8"
        )
        office.tick(minutes=10)
        office.build()
        assert {path: path.read_bytes() for path in before} == before
        assert "El de antes." in article(office).text
        assert "El que apareció." in article(office).text


EMAIL = "secreta@correo.example"
OWN = "|".join(
    (
        r"20\d\d-\d{6}",
        "[a-z2-7]{32}",
        "(?:[A-Z0-9]{4}(?:-|%2D)){2}[A-Z0-9]{4}",
        r"\d\d:\d\d(:\d\d)?",
    )
)
"""What every receipt has of its own: reference, token, code, time."""


@pytest.fixture(scope="module")
def known(office: Institution) -> None:
    """This address came with a comment that is public."""
    office.publish(office.write(body="Con dirección secreta.", email=EMAIL))


class TestWhoAsksAboutAnAddress:
    def test_is_told_nothing_by_any_feed_or_page(self, office: Institution, known: None) -> None:
        kinds = (".xml", ".html", "feed.json", "threads.json", "rules.json")
        feeds = [name for name in of_the_site(office) if name.endswith(kinds)]
        assert len(feeds) > 10
        for name in feeds:
            plain = Visitor().get(f"{office.url}/{quote(name)}")
            asked = Visitor().get(f"{office.url}/{quote(name)}?email={EMAIL}")
            assert plain.status == 200, name
            assert asked.text == plain.text
            assert EMAIL not in plain.text

    def test_is_answered_alike_by_every_form(self, office: Institution, known: None) -> None:
        for path, more in (("/seguir/hola", {}), ("/comentar/hola", {"author": "A", "body": "Yo"})):
            answers = set()
            for email in (EMAIL, "nadie@correo.example"):
                office.clock.forward(minutes=11)
                page = Visitor().post(office.url + path, {"email": email} | more)
                assert page.status == 200
                answers.add(re.sub(f"{OWN}|{re.escape(email)}", "", page.text))
            assert len(answers) == 1
