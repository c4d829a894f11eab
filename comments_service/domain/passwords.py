"""Which passwords are taken: long ones that are not the first that somebody would try.

Source: NIST SP 800-63B, section 3.1.1.2: a least length, no rules about kinds of characters,
and none of those that are expected. Which ones are is said by rule: nobody is asked.
"""

import re
from collections.abc import Iterable, Iterator

from ..errors import N_, Fault

MIN_CHARS = 12
MAX_CHARS = 1_000

_ROWS = (
    "abcdefghijklmnñopqrstuvwxyz",
    "01234567890",
    "qwertyuiopasdfghjklñzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "azertyuiopqsdfghjklmwxcvbn",
)
_USUAL = """
    password passwd passphrase secret letmein welcome login admin administrator root user guest
    iloveyou monkey dragon football baseball princess superman batman sunshine master shadow
    correcthorsebatterystaple changeme default test trustno
    contraseña contrasena clave secreto secreta bienvenido bienvenida administrador administradora
    usuario invitado teamo tequiero realmadrid barcelona athletic
    pasahitza pasahitz gakoa sekretua ongietorri kaixo administratzailea erabiltzailea maitezaitut
    blog comentarios iruzkinak comments tertulia
""".split()
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_NOT_SIGNS = re.compile(r"[\W_]+")
_AT_THE_END = re.compile(r"[\W\d_]+$")
_AS_LETTERS = str.maketrans("0134578@$!", "oieastbasi")


def fault_of(password: str, names: Iterable[str], *, field: str = "password") -> Fault | None:
    """Why the password is not taken, or None.

    names: the account's, the person's and the site's, which everybody knows. field: of the form.
    """
    if not MIN_CHARS <= len(password) <= MAX_CHARS:
        return Fault(
            field,
            N_("Choose a password of at least %(least)s characters."),
            least=MIN_CHARS,
        )
    if _is_made_of(password, names):
        return Fault(field, N_("Choose a password that is not your name or the site's."))
    if _is_one_of_the_first(password):
        return Fault(
            field,
            N_("This password is one of the first that others would try. Choose a phrase."),
        )
    return None


def _is_made_of(password: str, names: Iterable[str]) -> bool:
    """Whether nothing but figures and signs is left beside the names."""
    left = _letters(password)
    for name in sorted((_letters(each) for each in _with_parts(names)), key=len, reverse=True):
        if len(name) > 2:
            left = left.replace(name, "")
    return len(left) < 3 and bool(_letters(password))


def _with_parts(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield name
        yield from name.split()


def _is_one_of_the_first(password: str) -> bool:
    plain = _NOT_SIGNS.sub("", password.casefold())
    return (
        len(set(plain)) < 5
        or _is_repeated(plain)
        or _is_along_a_row(plain)
        or _is_made_of(password, _USUAL)
        or _is_made_of(_AT_THE_END.sub("", password.casefold()).translate(_AS_LETTERS), _USUAL)
    )


def _is_repeated(plain: str) -> bool:
    """The same few characters again and again."""
    return any(plain[size:] == plain[:-size] for size in range(1, min(6, len(plain) // 2) + 1))


def _is_along_a_row(plain: str) -> bool:
    """Pieces of the alphabet, of the figures or of the keyboard, onwards or backwards."""
    pairs = {row[at : at + 2] for row in _ROWS for at in range(len(row) - 1)}
    pairs |= {pair[::-1] for pair in pairs}
    steps = [plain[at : at + 2] for at in range(len(plain) - 1)]
    return sum(step in pairs for step in steps) >= len(steps) * 0.75


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text.casefold())
