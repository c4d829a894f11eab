"""What a history of acts allows to be there at the end: the model that reality is held against.

Of each text the set of states that are possible is kept: an act that was answered happened,
one without an answer may have. The model knows nothing of the service.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.faults.history import Act

State = tuple[str, str]
"""How it stands, and the word of the public wording (""): held, rejected, public, withdrawn,
removed (by staff), erased."""

HELD: State = ("held", "")


@dataclass
class Text:
    """One comment or answer. word: of its first wording. reference: of its case, once told."""

    word: str
    body: str
    author: str
    possible: set[State]
    told: bool = False
    reference: str | None = None
    token: str | None = None
    moved: bool = False
    words: set[str] = field(default_factory=set)
    ever_public: set[str] = field(default_factory=set)

    def is_surely(self, *standings: str) -> bool:
        return {how for how, _ in self.possible} <= set(standings)

    def may_be(self, *standings: str) -> bool:
        return any(how in standings for how, _ in self.possible)


def texts_of(acts: Iterable[Act]) -> dict[str, Text]:
    """Every text of a history, by its first word."""
    texts: dict[str, Text] = {}
    for act in acts:
        if act["did"] == "submit":
            _submitted(texts, act)
        elif act["did"] == "answer":
            _advance(texts[act["word"]], act)
            _answered(texts, act)
        elif act["did"] != "commit":
            _advance(texts[act["word"]], act)
    return texts


def _submitted(texts: dict[str, Text], act: Act) -> None:
    text = texts.setdefault(
        act["word"], Text(act["word"], act["body"], act["author"], {HELD}, words={act["word"]})
    )
    if act["told"]:
        text.told, text.reference, text.token = True, act["reference"], act["token"]


def _answered(texts: dict[str, Text], act: Act) -> None:
    new: str = act["new"]
    if new not in texts:
        texts[new] = Text(new, act["body"], "Ada Ejemplo", {("none", "")}, words={new})
    _advance(texts[new], {**act, "did": "answer_itself"})


def _advance(text: Text, act: Act) -> None:
    after = {_applied(state, act, text) for state in text.possible}
    text.possible = after if act["told"] else text.possible | after
    text.ever_public |= {word for how, word in after if how == "public"}
    if act["did"] in ("revise", "staff_edit"):
        text.words.add(act["new"])
    text.moved = text.moved or act["did"] == "staff_move"
    if act["did"] == "staff_edit":
        text.ever_public.add(act["new"])  # their commit, whatever became of it


def _applied(state: State, act: Act, text: Text) -> State:
    how, word = state
    match act["did"], how:
        case (("approve" | "answer"), "held"):
            return "public", text.word
        case "answer_itself", "none":
            return "public", text.word
        case "reject", "held":
            return "rejected", ""
        case (("revise" | "staff_edit"), "public"):
            return "public", act["new"]
        case "staff_remove", "public":
            return "removed", ""
        case "withdraw", how if how not in ("withdrawn", "erased"):
            return "withdrawn", ""
        case "erase", _:
            return "erased", ""
    return how, word
