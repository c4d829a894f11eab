"""The one door to the comment files and to the Git history that holds them.

files         a comment's file, written whole or not at all
places        where files count: a folder, the blog's checkout, a private clone
here, clone   the two of them with Git
private       the folder of the private clone; checkout: what stands in it
export        what a build reads of the blog's checkout
erasing       a comment out of a history of its own; recalled: whether one came back
history       a history of their own, for the comments of a blog
checking      what a commit of comments may hold
trees         comment files as a commit has them
addresses     of remotes: how they are reached, and what of them may be shown
git, told     Git by its command line, and what it said; saying: what may be said to it
"""

from .checking import changed_rules, check_commit
from .files import (
    Step,
    entries,
    highest_number,
    no_step,
    read,
    read_setting,
    remove_leftover,
    remove_leftovers,
    write,
    write_setting,
)
from .history import Separated, begin, separate
from .places import Place, open_place
from .trees import Found

__all__ = [
    "Found",
    "Place",
    "Separated",
    "Step",
    "begin",
    "changed_rules",
    "check_commit",
    "entries",
    "highest_number",
    "no_step",
    "open_place",
    "read",
    "read_setting",
    "remove_leftover",
    "remove_leftovers",
    "separate",
    "write",
    "write_setting",
]
