"""The comment service, in layers. A module imports only from lines above its own.

    errors                       every error raised on purpose, with what its handler needs
    domain/                      values and rules: no I/O, no clock, no framework
    commentfile  markup  screening  signing  config        text and bytes in, text and bytes out
    store/  site  content_repo  fetch  ledger
                                 one door each: SQL, the built site, comment files and Git,
                                 outgoing HTTP, the list of erasures
    usecases/                    submit, moderate, publish, tick: the verbs
    web/                         the edge of HTTP: parse, call one use case, answer
    cli/                         the command line; starts the others

Times, ids and keys are arguments below the edges; nothing happens at import.
``tests/test_architecture.py`` keeps this list true.
"""
