"""What may be done to a case, by whom, and what has to hold: the words of ``transitions``."""

from enum import StrEnum


class Who(StrEnum):
    """DEPARTMENT: whoever has the signed link of a case that was passed on. SERVICE: the tick."""

    READER = "reader"
    MODERATOR = "moderator"
    MANAGER = "manager"
    RESPONDENT = "respondent"
    DEPARTMENT = "department"
    SERVICE = "service"


class Action(StrEnum):
    RECEIVE = "receive"
    CLAIM = "claim"
    APPROVE = "approve"
    SHOW = "show"
    REJECT = "reject"
    SPAM = "spam"
    NOT_SPAM = "not_spam"
    REFER = "refer"
    RETURN = "return"
    TAKE_BACK = "take_back"
    EXTEND = "extend"
    ASK = "ask"
    REPLY = "reply"
    GIVE_UP = "give_up"
    ANSWER = "answer"
    ADD = "add"
    CORRECT = "correct"
    DISPUTE = "dispute"
    ACCEPT = "accept"
    SETTLE = "settle"
    CLOSE = "close"
    APPEAL = "appeal"
    REOPEN = "reopen"
    RESUBMIT = "resubmit"
    REVISE = "revise"
    CUT = "cut"
    RESTORE = "restore"
    WITHDRAW = "withdraw"


class Guard(StrEnum):
    """A condition beside where the case stands; its value says what has to be true.

    What the record of the case tells of them is judged in ``conditions``.
    """

    WITHIN_LIMITS = "its size and rate are within the limits"
    UNCLAIMED = "nobody else claimed it within fifteen minutes"
    NOT_THE_APPEALED = "on a second look, it is not the person who refused it"
    RULE_AND_REASON = "a rule is named and explained"
    ON_THE_PAGE = "its digest was found in the built page"
    DEPARTMENT_AND_QUESTION = "a department, a question to it and a date are named"
    TEXT = "there is a text"
    REMINDED = "ten working days passed, and the reader was reminded once"
    ANSWERED = "there is an answer, public or private"
    RECENT = "it was answered or closed within 30 days, and this is the first or second time"
    SILENT = "ten working days passed since the answer"
    REASON = "a reason for the reader is stored"
    FIRST_EXTENSION = "no more time was asked for before"
    IS_CUT = "something was cut out of the wording that is public"
    FIRST_APPEAL = "it is the first for this wording, within twenty days of the refusal"
