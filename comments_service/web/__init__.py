"""The web edge: parse a request, call one use case, answer with a page.

``create_app`` makes the WSGI application of one blog; nothing happens before.
"""

from collections.abc import Callable
from datetime import datetime

from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from ..config.site_toml import LANGUAGE_NAMES
from ..domain.passwords import MIN_CHARS
from ..usecases.blog import Blog
from . import bodies, demo, failures, guard, headers, health, hosts, languages, static_site
from .accounts import accounts
from .addresses import addresses
from .author_link import author_link
from .department_link import department_link
from .edge import EXTENSION, PRIVACY_PAGE, RULES_PAGE, Edge, anew, page_address, site_menu
from .follow import follow
from .forgotten import forgotten
from .handbook import handbook
from .invitations import invitations
from .log import log
from .mailing import mailing
from .others import others
from .own_account import own_account
from .passkeys import passkeys
from .people import people
from .public import public
from .ready_words import ready_words
from .reporting import reporting
from .site_settings import site_settings
from .staff import staff

__all__ = ["create_app"]


def create_app(
    blog: Blog,
    *,
    clock: Callable[[], datetime],
    wake: Callable[[], None] = lambda: None,
    step: Callable[[str], None] = lambda name: None,
    is_demonstration: bool = False,
) -> failures.App:
    """The application of an open blog.

    clock: gives aware times. wake: called when something was decided that waits to be
    published; it must return at once. step: called before each named step of a form's way
    (``submit.begin``, ``submit.commit``, ``submit.answer``, and ``decide.`` the same).
    is_demonstration: with the pages that lead through it, which need no password.
    """
    app = failures.App(__name__, static_folder=None)
    edge = Edge(blog, clock, wake, step)
    blog.mailbox.is_open = True  # this process shows what a trial sends
    app.extensions[EXTENSION] = edge
    app.config.update(PROVIDE_AUTOMATIC_OPTIONS=False)
    # The router's own redirects would be made from the request's Host.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    hosts.install(app, edge)
    bodies.install(app)
    headers.install(app, edge)
    failures.install(app)
    languages.install(app)
    _give_to_templates(app, edge)
    app.jinja_env.globals["DEMONSTRATION"] = is_demonstration
    app.register_blueprint(public)
    app.register_blueprint(others)
    app.register_blueprint(reporting)
    app.register_blueprint(follow)
    app.register_blueprint(mailing)
    app.register_blueprint(department_link)
    app.register_blueprint(author_link)
    app.register_blueprint(handbook)
    app.register_blueprint(health.health)
    app.register_blueprint(accounts, url_prefix="/gestion")
    app.register_blueprint(staff, url_prefix="/gestion")
    app.register_blueprint(people, url_prefix="/gestion")
    app.register_blueprint(invitations, url_prefix="/gestion")
    app.register_blueprint(forgotten, url_prefix="/gestion")
    app.register_blueprint(own_account, url_prefix="/gestion")
    app.register_blueprint(passkeys, url_prefix="/gestion")
    app.register_blueprint(site_settings, url_prefix="/gestion")
    app.register_blueprint(ready_words, url_prefix="/gestion")
    app.register_blueprint(log, url_prefix="/gestion")
    app.register_blueprint(addresses, url_prefix="/gestion")
    if is_demonstration:
        app.register_blueprint(demo.demo, url_prefix="/demo")
    guard.install(app)
    output = blog.settings.output_folder
    app.register_blueprint(static_site.blueprint(output, serve=blog.settings.serve_site))
    _stand_behind_proxies(app, edge)
    return app


def _give_to_templates(app: failures.App, edge: Edge) -> None:
    """The names that the theme's templates know too, so that both read alike."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        SITE=edge.blog.site,
        SITEURL=edge.blog.site_url,
        anew=anew,
        page_address=page_address,
        site_menu=site_menu,
        LANGUAGE_NAMES=LANGUAGE_NAMES,
        PRIVACY_PAGE=PRIVACY_PAGE,
        RULES_PAGE=RULES_PAGE,
        CAN_SEND=edge.blog.can_send,
        TRIAL_MAILS=edge.blog.keeps_mails,
        PASSWORD_CHARS=MIN_CHARS,
    )

    @app.before_request
    def as_it_says_now() -> None:
        app.jinja_env.globals["SITE"] = edge.blog.site


def _stand_behind_proxies(app: failures.App, edge: Edge) -> None:
    if edge.prefix:
        app.wsgi_app = hosts.below(edge.prefix, app.wsgi_app)  # type: ignore[method-assign,assignment]
    if trusted := edge.blog.settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=trusted, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )
