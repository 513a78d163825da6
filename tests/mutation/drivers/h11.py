"""HTTP, as bytes and as events."""

from __future__ import annotations

import sys

from hitsave import memo

import h11


@memo
def received(data):
    """The events of a request."""
    sys.audit("mutation.ran", "received")
    connection = h11.Connection(our_role=h11.SERVER)
    connection.receive_data(data)
    found = []
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError as problem:
            return found, str(problem), problem.error_status_hint
        if event is h11.NEED_DATA or event is h11.PAUSED:
            return found, repr(connection.states)
        found.append(repr(event))
        if isinstance(event, h11.EndOfMessage):
            return found, repr(connection.states)


@memo
def sent(status, body):
    """The bytes of an answer."""
    sys.audit("mutation.ran", "sent")
    connection = h11.Connection(our_role=h11.CLIENT)
    out = connection.send(h11.Request(method="POST", target="/x", headers=[("Host", "a.b"), ("Transfer-Encoding", "chunked")]))
    out += connection.send(h11.Data(data=body)) + connection.send(h11.EndOfMessage())
    connection.receive_data(b"HTTP/1.1 %d OK\r\nContent-Length: 2\r\n\r\nok" % status)
    return out, repr(connection.next_event()), repr(connection.next_event()), repr(connection.their_state)


CALLS = [
    (received, (b"GET /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",)),
    (received, (b"GET / HTTP/1.1\r\nHo st: x\r\n\r\n",)),
    (sent, (200, b"hello")),
    (received, (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",)),
]
