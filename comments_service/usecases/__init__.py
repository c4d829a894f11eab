"""The verbs. A use case takes the open blog and what the edge parsed, with the time as an
argument; it returns values and raises the errors of ``errors``.

blog                        one blog, opened
submit  track               a reader writes, and follows it
reader  codes               and adds, edits, asks again, erases; finds it by a short code
attend                      staff read what readers told them besides
moderate  revise  withdraw  decide, correct, take back, erase
people  invitations         who works here: the first account, the next ones, what becomes of
colleagues  departments     them; ``person_form`` checks what a form says of somebody
own  assign                 whose cases they are
sign_in  sessions           passwords, and browsers that are signed in

tick                        one run of everything that waits, and the thread that repeats it
publish                     from the outbox to the page: ``looking``, ``take_in``
                            (``found_files``, ``learn``, ``troubles``), ``writing``,
                            ``showing``; ``faults`` dies at a step for the tests
public_site                 what readers see; ``remote_build`` and ``remote_manifest`` when
                            something else builds it
status                      how far a decision is, and what staff must know

reconcile                   database, files, history and site compared: ``compare``,
                            ``differences``; ``find`` finds one comment by what people type
backup  restore  upgrade    the blog kept safe: ``archive``, ``unpacking``, ``counts``
"""
