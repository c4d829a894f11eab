"""What the lists of staff are called, and what they say when there is nothing in them."""

from flask_babel import gettext, ngettext

from ..usecases.tray import COUNT_CAP, Tray, View


def tab_of(view: View) -> str:
    """The name of a list, beside its number."""
    names = {
        View.WAITING: gettext("Wait for an answer"),
        View.UNREAD: gettext("To be read"),
        View.MINE: gettext("Yours"),
        View.REFERRED: gettext("In another department"),
        View.REPORTS: gettext("Reports"),
        View.SPAM: gettext("Spam"),
        View.ALL: gettext("All"),
    }
    return names[view]


def heading_of(tray: Tray) -> str:
    """The heading of a page and its title: the number first, which a narrow tab still shows."""
    if tray.filters.words:
        return gettext("Comments with “%(words)s”", words=tray.filters.words)
    if tray.filters.is_narrow:
        return gettext("%(list)s: only some", list=tab_of(tray.filters.view))
    if tray.count > COUNT_CAP:
        return gettext("%(count)s+ · %(list)s", count=COUNT_CAP, list=tab_of(tray.filters.view))
    return _counted(tray.filters.view, tray.count) if tray.count else nothing_of(tray)


def _counted(view: View, count: int) -> str:
    words = {
        View.WAITING: lambda: ngettext(
            "%(num)s comment waits for an answer", "%(num)s comments wait for an answer", count
        ),
        View.UNREAD: lambda: ngettext(
            "%(num)s comment is to be read", "%(num)s comments are to be read", count
        ),
        View.MINE: lambda: ngettext(
            "You look after %(num)s comment", "You look after %(num)s comments", count
        ),
        View.REFERRED: lambda: ngettext(
            "%(num)s comment is in another department",
            "%(num)s comments are in another department",
            count,
        ),
        View.REPORTS: lambda: ngettext(
            "%(num)s report waits for you", "%(num)s reports wait for you", count
        ),
        View.SPAM: lambda: ngettext(
            "%(num)s comment is put aside as spam",
            "%(num)s comments are put aside as spam",
            count,
        ),
        View.ALL: lambda: ngettext("%(num)s comment", "%(num)s comments", count),
    }
    return words[view]()


def nothing_of(tray: Tray) -> str:
    """What an empty list says."""
    if tray.filters.words:
        return gettext("No comment has all of these words.")
    if tray.filters.is_narrow:
        return gettext("There is none like that here.")
    words = {
        View.WAITING: gettext("Nobody is waiting."),
        View.UNREAD: gettext("Everything that arrived has been read."),
        View.MINE: gettext("Nobody waits for you."),
        View.REFERRED: gettext("No other department has a comment of ours."),
        View.REPORTS: gettext("No report waits for you."),
        View.SPAM: gettext("Nothing was put aside as spam."),
        View.ALL: gettext("No comment has arrived yet."),
    }
    return words[tray.filters.view]
