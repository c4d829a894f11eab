"""The server in plain words: what each line about its health means, and what each setting is.

The lines of ``tertulia doctor`` and the variables stand small beside them, for whoever looks
after the server.
"""

from collections.abc import Mapping

from ..errors import N_

PLAINLY: Mapping[str, str] = {
    "Tertulia %(tertulia)s, Python %(python)s, Pelican %(pelican)s.": N_(
        "The programs that the blog needs are recent enough."
    ),
    "This Python is too old: %(python)s.": N_("A program that the blog needs is too old."),
    "There is room on the disk: %(free)s MB.": N_("There is room for what readers write."),
    "Not much disk is left: %(free)s MB.": N_("Room for what readers write is getting scarce."),
    "The disk is nearly full: %(free)s MB are free.": N_(
        "There is hardly any room left for what readers write."
    ),
    "There is no key in %(path)s.": N_("The key that protects readers' private links is missing."),
    "The key in %(path)s is not whole.": N_(
        "The key that protects readers' private links is damaged."
    ),
    "Others can read the key in %(path)s.": N_(
        "Other people of this server can see the key that protects readers' private links."
    ),
    "The key is whole, and its owner alone can read it.": N_(
        "Readers' private links are protected."
    ),
    "What is stored is sealed under another key.": N_(
        "The key here is not the one with which the comments were stored."
    ),
    "The settings can be read.": N_("The blog's settings are in order."),
    "The database (%(kind)s) answers and is up to date.": N_(
        "Comments, decisions and accounts are stored as they should be."
    ),
    "The tables of the database are of another version.": N_(
        "The place where comments are stored has to be brought up to date."
    ),
    "Comments are published as files, without Git.": N_(
        "What you publish is kept with the blog, on this server."
    ),
    "Git is ready for comments (%(mode)s).": N_(
        "What you publish is kept with the blog, and with its history."
    ),
    "The mail server %(host)s takes our mails.": N_("E-mails can leave."),
    "The site is built.": N_("The pages that readers see are up to date."),
    "The last build of the site failed.": N_(
        "The pages could not be renewed. Readers see the earlier ones."
    ),
    "There is no built site in %(folder)s.": N_("There are no pages that readers could see."),
    "The site was built for %(address)s.": N_("The pages were made for another address."),
    "The clock is not behind what happened already.": N_("The server's clock is right."),
    "The clock is behind what happened already.": N_("The server's clock is slow."),
    "The background work is alive.": N_(
        "What happens by itself works: publishing, e-mails and reminders."
    ),
    "The background work does nothing, since %(when)s.": N_(
        "What happens by itself has stopped: publishing, e-mails and reminders."
    ),
    "The log is sealed; `tertulia audit verify` proves that it is whole.": N_(
        "Nobody can change unnoticed who did what."
    ),
    "The log grew and is not sealed.": N_(
        "The newest entries of who did what are not protected yet."
    ),
    "There is no backup in var/backups.": N_("We find no backup on this server."),
}
"""By the message of ``tertulia doctor``; those that are not here are plain themselves."""

SETTINGS: Mapping[str, str] = {
    "blog": N_("Where the blog is kept"),
    "site_url": N_("The blog's address"),
    "output": N_("Where the pages for readers are kept"),
    "var": N_("Where comments and keys are kept"),
    "database_url": N_("Where comments are stored, if it is elsewhere"),
    "host": N_("At which address of the server it listens"),
    "port": N_("At which door of the server it listens"),
    "threads": N_("How many people it serves at the same moment"),
    "serve_site": N_("Whether it shows the posts too"),
    "comments_git": N_("Whether published comments keep a history"),
    "comments_remote": N_("Where that history is kept"),
    "comments_branch": N_("Its name there"),
    "comments_path": N_("Its folder there"),
    "build": N_("Who makes the pages for readers"),
    "build_webhook": N_("Whom it calls to have them made"),
    "build_ref": N_("From which version of the posts"),
    "build_secret": N_("Secret with which that call is signed"),
    "build_token": N_("Password of that call"),
    "erasures": N_("List of what was erased, by number and without its text"),
    "trusted_proxies": N_("How many machines stand between readers and this server"),
    "max_waiting": N_("How many comments may wait before new ones are put off"),
    "max_per_network": N_("Comments from one place in an hour, at most"),
    "max_per_thread": N_("Comments in one conversation in an hour, at most"),
    "max_per_hour": N_("Comments in an hour in all, at most"),
    "max_following_per_hour": N_("Requests to follow by e-mail in an hour, at most"),
    "tick_seconds": N_("Seconds between two looks at what waits"),
    "undo_seconds": N_("Seconds in which you can undo a decision"),
    "smtp_host": N_("Which server sends the e-mails"),
    "smtp_port": N_("At which door of that server"),
    "smtp_user": N_("Name to sign in with there"),
    "smtp_password": N_("Password to sign in with there"),
    "smtp_tls": N_("How e-mails are protected on the way there"),
    "mail_from": N_("From which address e-mails are sent"),
    "mail_reply_to": N_("At which address you read the replies"),
    "oidc_issuer": N_("Where your institution has its own sign-in"),
    "oidc_client_id": N_("Name of the blog there"),
    "oidc_client_secret": N_("Password of the blog there"),
    "oidc_groups_claim": N_("How your institution calls the groups of a person"),
    "oidc_groups": N_("What each group may do here"),
}
"""What each setting of the server is, by its field."""
