"""The steps of the demonstration's tour, in their order."""

from dataclasses import dataclass

from ..errors import N_

THREAD = "la-plaza-del-mercado"
LIBRARY = "la-biblioteca-los-domingos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """heading, words: messages of the catalogue, what is done and what to look at.

    who: whom it is taken as; "" for a reader. button: what enters. author: whose comment it is
    about; path: of the screen, below that comment's if there is one. look: where to look
    afterwards (a conversation, an address, ``reader`` for the private page), look_words: its link.
    needs: the endpoint without which the step is not offered.
    """

    name: str
    heading: str
    words: str
    who: str = ""
    button: str = ""
    author: str = ""
    path: str = ""
    look: str = ""
    look_words: str = ""
    needs: str = ""


STEPS = (
    Step(
        name="write",
        heading=N_("Write a comment, as on a telephone"),
        words=N_(
            "Open the post, go down to the form, and write something under an invented name."
            " No account, no cookie, no e-mail is needed. You get a receipt with a private link."
        ),
        look=THREAD,
        look_words=N_("Open the post at the width of a telephone"),
    ),
    Step(
        name="approve",
        heading=N_("Publish it, and watch the page change"),
        words=N_(
            "You are the moderator. Open your comment in the list, or any other, and press"
            " “Publish”. After some seconds, in which you may undo it, it stands on the page."
        ),
        who="moderador",
        button=N_("Enter as the moderator"),
        look=THREAD,
        look_words=N_("Look at the post"),
    ),
    Step(
        name="refer",
        heading=N_("Pass a question on to the department that knows"),
        words=N_(
            "Somebody asks about a street lamp. Pass it on to Works and Services with a question:"
            " under “More…”. Then open the e-mail that its head got, and answer by the link in it,"
            " without an account. Nothing is published until somebody here has looked at it."
        ),
        who="gestora",
        button=N_("Enter as the community manager"),
        author="Farola Apagada",
        look="/correos",
        look_words=N_("Open the trial mailbox"),
        needs="staff.refer",
    ),
    Step(
        name="answer",
        heading=N_("Answer, right under the comment"),
        words=N_(
            "A night worker asks when the machines begin. Write an answer: it goes out with name,"
            " position and department, and it stands directly below the question."
        ),
        who="gestora",
        button=N_("Enter as the community manager"),
        author="Ruido de Fondo",
        look=THREAD,
        look_words=N_("Look at the post"),
    ),
    Step(
        name="author",
        heading=N_("Answer as the author of the post"),
        words=N_(
            "Whoever wrote the post sees the comments on it, and no others. A student asks for"
            " longer hours: answer, and the page says that the author takes part."
        ),
        who="autora",
        button=N_("Enter as the author"),
        author="Estudiante Irreal",
        look=LIBRARY,
        look_words=N_("Look at the post"),
    ),
    Step(
        name="late",
        heading=N_("See that nobody is forgotten"),
        words=N_(
            "A reader has waited for more than a week. The list has the comment above all others,"
            " and its reader was told that we are late: the e-mail is in the trial mailbox."
        ),
        who="gestora",
        button=N_("See the late comment"),
        author="Paciente Ficticia",
        look="mail:paciente.ficticia@example.org",
        look_words=N_("Read the e-mail that its reader got"),
    ),
    Step(
        name="second",
        heading=N_("A refusal with its rule, and a second look"),
        words=N_(
            "The moderator did not publish a comment, citing a rule, and its author asked for"
            " a second look. Only another person can take it. See both sides."
        ),
        who="moderadora",
        button=N_("Enter as another moderator"),
        author="Testigo Imaginado",
        look="reader",
        look_words=N_("See what its author sees"),
    ),
    Step(
        name="look",
        heading=N_("Another name and another colour"),
        words=N_(
            "The whole site follows from one file. Choose, and look at the home page: every shade"
            " is derived from one colour, so that everything can be read, by day and by night."
        ),
        look="/",
        look_words=N_("Look at the home page"),
    ),
    Step(
        name="erase",
        heading=N_("Erase what a reader told us"),
        words=N_(
            "Somebody asks for their data to be erased. The data protection officer erases text,"
            " name and e-mail for good. What stays is that it happened, and who did it."
        ),
        who="dpd",
        button=N_("Enter as the data protection officer"),
        author="Puntual Imaginaria",
        path="/borrar",
        look="reader",
        look_words=N_("See what is left for its author"),
        needs="staff.erase_form",
    ),
    Step(
        name="stop",
        heading=N_("Stop the service: the site stays whole"),
        words=N_(
            "Posts and conversations are plain files. Stop the comment service and read on: only"
            " writing has to wait. On the page that appears you start it again."
        ),
        look="/",
        look_words=N_("Look at the home page"),
    ),
)
