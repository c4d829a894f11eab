"""What happened to a case, in words: for its reader, and for staff."""

from ..domain.cases import EventKind
from ..errors import N_
from ..usecases import attend, clocks, closing

TOLD = {
    EventKind.RECEIVED: N_("We received your comment."),
    EventKind.APPROVED: N_("A person read it and approved it."),
    EventKind.REJECTED: N_("A person read it and decided not to publish it."),
    EventKind.ANSWERED: N_("We wrote an answer."),
    EventKind.PUBLISHED: N_("Your comment is on the page."),
    EventKind.ANSWER_PUBLISHED: N_("Our answer is on the page."),
    EventKind.REVISED: N_("Your comment was corrected."),
    EventKind.CHANGED_IN_FILES: N_("Your comment was corrected."),
    EventKind.WITHDRAWN: N_("Your comment was withdrawn."),
    EventKind.REMOVED_IN_FILES: N_("Your comment was withdrawn."),
    EventKind.TAKEN_DOWN: N_("Your comment is no longer on the page."),
    EventKind.RESTORED_IN_FILES: N_("Your comment is public again."),
    EventKind.MOVED_IN_FILES: N_("Your comment was moved to another conversation."),
    EventKind.ERASED: N_("Your comment was erased, and your name with it."),
    EventKind.LEARNED: N_("Your comment was public already."),
    EventKind.ADDED: N_("You told us something more."),
    EventKind.EDITED: N_("You changed your comment. A person will read the new wording."),
    EventKind.APPEALED: N_("You asked us to look at it again."),
    EventKind.RATED: N_("You told us whether our answer helped you."),
    EventKind.MAILS_STOPPED: N_("You asked for no more e-mails about it."),
    EventKind.CLAIMED: N_("Somebody began to look at it."),
    EventKind.REFERRED: N_("We passed it on to those who know most about it."),
    EventKind.RETURNED: N_("Those who know most about it told us what they know."),
    EventKind.ASKED_READER: N_("We asked you something."),
    EventKind.ASSIGNED: N_("Somebody looks after it."),
    EventKind.CLOSED: N_("We closed it."),
    EventKind.REOPENED: N_("We opened it again."),
    EventKind.PROMISED: N_("The dates by which we read and answer changed."),
    EventKind.NEW_LINK: N_("You asked for a new private link."),
    EventKind.UNDONE: N_("We took our last step back."),
    EventKind.MARKED_SPAM: N_("A person read it and decided not to publish it."),
    EventKind.NOT_SPAM: N_("We opened it again."),
    EventKind.TAKEN_BACK: N_("We look after it ourselves again."),
    EventKind.MORE_TIME: N_("Those who know most about it need some more days."),
    EventKind.EXTENDED: N_("We asked you for some more days."),
    EventKind.REMINDED: N_("We reminded you of our question."),
    EventKind.LATE: N_("We are late, and told you so."),
    EventKind.CUT: N_("We left a part out of your comment, and told you why."),
    EventKind.RESTORED: N_("Your comment is whole again."),
    EventKind.ANOTHER_ASKED: N_("You asked that somebody else look at it."),
}
"""What a reader is told of each event; nothing of what is ``INTERNAL``."""

TOLD_OF_ANSWERS = {
    EventKind.REVISED: N_("We corrected our answer."),
    EventKind.CHANGED_IN_FILES: N_("We corrected our answer."),
    EventKind.WITHDRAWN: N_("We withdrew our answer."),
    EventKind.REMOVED_IN_FILES: N_("We withdrew our answer."),
    EventKind.ERASED: N_("We withdrew our answer."),
    EventKind.TAKEN_DOWN: N_("Our answer is no longer on the page."),
    EventKind.RESTORED_IN_FILES: N_("Our answer is public again."),
    EventKind.MOVED_IN_FILES: N_("Our answer was moved to another conversation."),
}
"""The same when it happened to an answer of the institution."""

TOLD_OF_REPORTS = TOLD | {
    EventKind.RECEIVED: N_("We received your report."),
    EventKind.ANSWERED: N_("We decided, and tell you why."),
    EventKind.EDITED: N_("You changed your report. A person will read the new wording."),
    EventKind.WITHDRAWN: N_("You took your report back."),
}
"""What whoever reported a comment is told of what happened to the report."""

WHY_CLOSED = {
    closing.NO_ANSWER: N_(
        "We read it with care. It asked nothing, so there is no answer to wait for. Thank you."
    ),
    attend.READ: N_("We read it, and there is nothing more to do about it."),
    clocks.SILENT: N_("We closed it, because we heard nothing more from you."),
    clocks.SETTLED: N_("We closed it: nobody said anything more after our answer."),
}
"""What a reader is told in its place of a case that was closed, by the reason."""

NOTED = {
    EventKind.RECEIVED: N_("Received"),
    EventKind.APPROVED: N_("Approved"),
    EventKind.REJECTED: N_("Not published"),
    EventKind.ANSWERED: N_("Answered"),
    EventKind.PUBLISHED: N_("On the page"),
    EventKind.ANSWER_PUBLISHED: N_("The answer is on the page"),
    EventKind.REVISED: N_("Corrected"),
    EventKind.CHANGED_IN_FILES: N_("Corrected by hand in its file"),
    EventKind.WITHDRAWN: N_("Withdrawn"),
    EventKind.REMOVED_IN_FILES: N_("Withdrawn: its file was removed by hand"),
    EventKind.TAKEN_DOWN: N_("No longer on the page"),
    EventKind.RESTORED_IN_FILES: N_("Public again: its file was put back by hand"),
    EventKind.MOVED_IN_FILES: N_("Moved to another conversation by hand"),
    EventKind.ERASED: N_("Erased"),
    EventKind.LEARNED: N_("Taken over from the blog's files"),
    EventKind.ADDED: N_("Its author told us something more"),
    EventKind.EDITED: N_("Its author changed it"),
    EventKind.APPEALED: N_("Its author asks for a second look"),
    EventKind.RATED: N_("Its author said whether the answer helped"),
    EventKind.MAILS_STOPPED: N_("Its author wants no more e-mails about it"),
    EventKind.CLAIMED: N_("Somebody began to look at it"),
    EventKind.REFERRED: N_("Passed on"),
    EventKind.RETURNED: N_("Came back"),
    EventKind.ASKED_READER: N_("We asked its author something"),
    EventKind.ASSIGNED: N_("Given to somebody to look after"),
    EventKind.CLOSED: N_("Closed"),
    EventKind.REOPENED: N_("Opened again"),
    EventKind.PROMISED: N_("The promised dates changed"),
    EventKind.NEW_LINK: N_("Its author asked for a new private link"),
    EventKind.UNDONE: N_("The last step was undone"),
    EventKind.MARKED_SPAM: N_("Taken for advertising"),
    EventKind.NOT_SPAM: N_("It is no advertising after all"),
    EventKind.RELEASED: N_("Left for others to look at"),
    EventKind.TAKEN_BACK: N_("Taken back from the department"),
    EventKind.MORE_TIME: N_("The department asked for more time"),
    EventKind.EXTENDED: N_("Its author was asked for more time"),
    EventKind.REMINDED: N_("Its author was reminded of our question"),
    EventKind.LATE: N_("Out of time"),
    EventKind.ANOTHER_ASKED: N_("Its author asks that somebody else look at it"),
    EventKind.ESCALATED: N_("Brought before whoever is responsible"),
    EventKind.NOTED: N_("A note"),
    EventKind.SECOND_READING: N_("Somebody else is asked to read it"),
    EventKind.TOPIC_SET: N_("What it is about was changed"),
    EventKind.RISK_SET: N_("How delicate it is was changed"),
    EventKind.REPORTED: N_("A reader reported it"),
    EventKind.SOURCE: N_("What was looked up was noted"),
    EventKind.SOURCE_STRUCK: N_("What was looked up was struck out"),
    EventKind.CUT: N_("A part was left out by moderation"),
    EventKind.RESTORED: N_("What had been left out was put back"),
}
"""What staff are told of each event."""

NOTED_OF_ANSWERS = {
    EventKind.REVISED: N_("The answer was corrected"),
    EventKind.CHANGED_IN_FILES: N_("The answer was corrected by hand in its file"),
    EventKind.WITHDRAWN: N_("The answer was withdrawn"),
    EventKind.REMOVED_IN_FILES: N_("The answer was withdrawn: its file was removed by hand"),
    EventKind.TAKEN_DOWN: N_("The answer is no longer on the page"),
    EventKind.RESTORED_IN_FILES: N_("The answer is public again: its file was put back by hand"),
    EventKind.MOVED_IN_FILES: N_("The answer was moved to another conversation by hand"),
    EventKind.ERASED: N_("The answer was erased"),
}
"""The same for answers."""
