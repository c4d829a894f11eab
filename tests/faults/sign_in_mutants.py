"""Each defence of signing in taken out, one by one: the test that stands for it must fail."""

from tests.faults.mutant import Mutant

SIGN_IN = "tests/test_sign_in.py"
CODE = "tests/test_second_factor.py"
RESET = "tests/test_forgotten.py"
PAGES = "tests/web/test_accounts.py"
SAFETY = "tests/web/test_safety.py::TestEveryRouteThatTakesAForm"


def _one(file: str, name: str) -> tuple[str, ...]:
    """That test alone, on SQLite."""
    return (file, "-k", f"{name} and not postgresql")


SIGN_IN_MUTANTS = [
    Mutant(
        "lets guesses go on without a pause",
        "comments_service/usecases/tries.py",
        "        if seconds <= 0:\n            return tries.note(",
        "        if seconds <= 10**9:\n            return tries.note(",
        _one(SIGN_IN, "test_from_one_network_waits_ever_longer_and_never_for_ever"),
    ),
    Mutant(
        "counts no guesses of many networks",
        "comments_service/usecases/tries.py",
        "    return own if own > 0 else _turn(connection, of, found, now)\n",
        "    return own\n",
        _one(SIGN_IN, "test_is_slower_from_many_networks_too"),
    ),
    Mutant(
        "locks an account that others try",
        "comments_service/usecases/tries.py",
        "        return _left(pause, before, now)\n",
        "        return int(pause.total_seconds())\n",
        _one(SIGN_IN, "test_from_many_networks_lets_everybody_in_who_waits_a_little"),
    ),
    Mutant(
        "checks no password of names that nobody has",
        "comments_service/signing.py",
        '    known = stored if stored.startswith("$argon2id$") else NOBODYS_HASH\n',
        '    if not stored.startswith("$argon2id$"):\n        return False\n    known = stored\n',
        _one(SIGN_IN, "test_does_the_same_work_for_every_name"),
    ),
    Mutant(
        "looks at an account only when there is one",
        "comments_service/usecases/sign_in.py",
        "        person = _unchanged(connection, person)\n",
        "        person = person and _unchanged(connection, person)\n",
        _one(SIGN_IN, "test_does_the_same_work_for_every_name"),
    ),
    Mutant(
        "goes on in the session that was there before",
        "comments_service/web/accounts.py",
        "        usecase.sign_out(here.blog, earlier, here.clock())\n",
        "        return see_other(HOME)\n",
        _one(PAGES, "test_gives_a_new_session_each_time_and_ends_the_old_one"),
    ),
    Mutant(
        "keeps the earlier session open at sign-in",
        "comments_service/web/accounts.py",
        "        usecase.sign_out(here.blog, earlier, here.clock())\n",
        "        pass\n",
        _one(PAGES, "test_gives_a_new_session_each_time_and_ends_the_old_one"),
    ),
    Mutant(
        "keeps sessions over another password",
        "comments_service/usecases/sessions.py",
        "        sessions.close_all(connection, person.id)\n"
        "        sign_in_steps.end_all(connection, person.id)\n",
        "        sign_in_steps.end_all(connection, person.id)\n",
        _one(SIGN_IN, "test_ends_every_session_and_goes_on_in_a_new_one"),
    ),
    Mutant(
        "keeps sessions over another role",
        "comments_service/usecases/colleagues.py",
        "        _close_all(connection, before.id)\n",
        "",
        _one("tests/test_people.py", "test_of_role_closes_all_sessions_of_the_person"),
    ),
    Mutant(
        "lets a session sleep for days",
        "comments_service/usecases/sessions.py",
        " or now - found.seen_at > SESSION_IDLE:\n",
        ":\n",
        _one(SIGN_IN, "test_ends_after_an_idle_hour"),
    ),
    Mutant(
        "lets a busy session live for ever",
        "comments_service/usecases/sessions.py",
        "    if now - found.created_at > SESSION_LIFE or ",
        "    if ",
        _one(SIGN_IN, "test_ends_after_twelve_hours_however_busy"),
    ),
    Mutant(
        "lets a stopped account go on",
        "comments_service/usecases/sessions.py",
        "    if found is None or found.person.disabled:\n",
        "    if found is None:\n",
        _one(PAGES, "test_ends_when_the_account_is_closed"),
    ),
    Mutant(
        "takes a one-time link twice",
        "comments_service/store/links.py",
        "    gone = delete(one_time_link).where(*_this_link(purpose, token, now))\n"
        "    return connection.execute(gone).rowcount == 1\n",
        "    return link_is_valid(connection, purpose, token, now)\n",
        _one(PAGES, "test_is_made_once"),
    ),
    Mutant(
        "takes a link after its term",
        "comments_service/store/links.py",
        "        one_time_link.c.token_hash == hashed(token), "
        "one_time_link.c.expires_at > seconds(now)\n",
        "        one_time_link.c.token_hash == hashed(token)\n",
        _one(RESET, "test_works_for_an_hour"),
    ),
    Mutant(
        "takes a telephone's code twice",
        "comments_service/usecases/second_factor.py",
        "    step = totp.step_of(secret, typed, now, after=found.step)\n"
        "    if step is not None and second_factor.use_step(connection, person.id, step):\n",
        "    step = totp.step_of(secret, typed, now, after=None)\n    if step is not None:\n",
        _one(CODE, "test_takes_no_code_twice"),
    ),
    Mutant(
        "takes a telephone's code from two at once",
        "comments_service/store/second_factor.py",
        "        or_(person.c.totp_step.is_(None), person.c.totp_step < step),\n",
        "        or_(person.c.totp_step.is_(None), person.c.totp_step <= step),\n",
        _one(CODE, "test_takes_a_step_once_whoever_found_it_unused_before"),
    ),
    Mutant(
        "takes a kept code twice",
        "comments_service/store/second_factor.py",
        "        recovery_code.c.used_at.is_(None),\n",
        "",
        _one(CODE, "test_opens_once"),
    ),
    Mutant(
        "lets codes be guessed after one password",
        "comments_service/usecases/second_factor.py",
        "    if tried >= MAX_CODES:\n",
        "    if tried >= 10**9:\n",
        _one(CODE, "test_takes_five_wrong_codes_and_then_asks_for_the_password"),
    ),
    Mutant(
        "asks no code of whoever has a telephone",
        "comments_service/usecases/sign_in.py",
        "        elif person.has_code:\n",
        "        elif False:\n",
        _one(CODE, "test_is_asked_after_the_password_and_opens_the_session"),
    ),
    Mutant(
        "lets other sites sign a browser in",
        "comments_service/web/accounts.py",
        "        sessions.refuse_foreign_origin(null_is_ours=_has_secret_address())\n",
        "        pass\n",
        _one(SAFETY, "test_refuses_it_from_a_page_of_another_site"),
    ),
    Mutant(
        "takes a form without the token of its session",
        "comments_service/web/guard.py",
        "        sessions.refuse_without_token(session)\n",
        "        pass\n",
        _one(SAFETY, "test_refuses_it_without_the_token_of_the_session"),
    ),
    Mutant(
        "goes where the address asks after signing in",
        "comments_service/web/accounts.py",
        "if kept else see_other(HOME)\n    response = make_response(page)\n",
        "if kept else see_other(HOME)\n    response = make_response(page)\n"
        '    if wish := request.args.get("next"):\n'
        '        response.headers["Location"] = wish.strip()\n',
        _one(PAGES, "test_goes_nowhere_else_whatever_the_address_asks"),
    ),
    Mutant(
        "answers to any name of a host",
        "comments_service/web/hosts.py",
        "        if not (trial and is_loopback(host)):\n            abort(400)\n",
        "        if not (trial and is_loopback(host)):\n            return None\n",
        ("tests/web/test_hosts.py", "-k", "test_is_refused"),
    ),
    Mutant(
        "makes links of the host that was asked",
        "comments_service/web/edge.py",
        "    return edge().blog.site_url + path\n",
        "    return f\"//{request.headers.get('X-Forwarded-Host', request.host)}{path}\"\n",
        _one("tests/web/test_hosts.py", "test_behind_another_name_changes_no_link"),
    ),
    Mutant(
        "stands in other sites' frames",
        "comments_service/web/headers.py",
        "_NOBODY = \"form-action 'self'; base-uri 'none'; frame-ancestors 'none'\"\n",
        "_NOBODY = \"form-action 'self'; base-uri 'none'\"\n",
        ("tests/web/test_safety.py", "-k", "test_says_what_a_browser_may_do_with_its_answer"),
    ),
    Mutant(
        "shows its cookie to scripts",
        "comments_service/web/sessions.py",
        "        cookie_name(), token, httponly=True,",
        "        cookie_name(), token, httponly=False,",
        _one(PAGES, "test_is_hidden_from_scripts_and_other_sites"),
    ),
    Mutant(
        "looks who it is while somebody who forgot the password waits",
        "comments_service/usecases/forgotten.py",
        '        sign_in_steps.put(connection, token, ASKED, now + LIFE, data={"typed": sealed})\n',
        '        sign_in_steps.put(connection, token, ASKED, now + LIFE, data={"typed": sealed})\n'
        "    look_up(blog, now)\n",
        _one(RESET, "test_takes_the_same_steps_for_every_name"),
    ),
    Mutant(
        "lets anybody ask for links without a pause",
        "comments_service/usecases/forgotten.py",
        "    tries.take(blog, tries.subjects_of(blog, typed, address, doing=ASKED), now)\n",
        "",
        _one(RESET, "test_learns_nothing_from_how_long_they_have_to_wait"),
    ),
    Mutant(
        "ends a link because somebody else asks",
        "comments_service/usecases/forgotten.py",
        "    if before is not None and before > now:\n        return\n",
        "",
        _one(RESET, "test_ends_no_link_and_sends_one_mail_an_hour"),
    ),
    Mutant(
        "keeps a link that anybody with the database can make",
        "comments_service/usecases/forgotten.py",
        "    return signing.keyed_hash(blog.link_key, [PURPOSE, token])\n",
        "    return token\n",
        _one(RESET, "test_is_not_in_the_database"),
    ),
    Mutant(
        "leaves sessions open after another password by a link",
        "comments_service/usecases/forgotten.py",
        "        sessions.close_all(connection, person.id)\n",
        "",
        _one(RESET, "test_once_replaced_is_told_to_its_owner_and_ends_their_sessions"),
    ),
    Mutant(
        "leaves the other link good when one was used",
        "comments_service/usecases/forgotten.py",
        "        links.end_resets(connection, person.id)\n",
        "",
        _one(RESET, "test_ends_no_link_that_was_mailed_but_both_end_together"),
    ),
    Mutant(
        "sends links to an address that a stolen session gave",
        "comments_service/web/own_account.py",
        '            _ask_password(sent["own_password"], field="own_password")\n',
        "            pass\n",
        (
            "tests/web/test_own_account.py",
            "-k",
            "test_come_to_another_address_for_whoever_knows_the_password",
        ),
    ),
]
