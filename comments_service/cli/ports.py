"""Whether a port is free, asked before any work is done."""

import errno
import socket

from ..errors import N_, CannotStart


def check_port(host: str, port: int) -> None:
    """Raises CannotStart when nothing can listen there, saying what to do."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                N_(
                    "Another program uses port %(port)s. Choose another one:"
                    " make up PORT=%(other)s, or tertulia up --port %(other)s"
                ),
                port=port,
                other=port + 1 if port < 65535 else 8000,
            ) from error
        raise CannotStart(
            N_("Nothing can listen on %(host)s, port %(port)s: %(why)s"),
            host=host,
            port=port,
            why=error.strerror or error,
        ) from error
