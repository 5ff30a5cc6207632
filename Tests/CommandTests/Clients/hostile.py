"""Sends a server requests that no browser would send, and checks that it refuses them and stays up.

usage: hostile.py URL PID     the server's address and process
"""

import socket
import sys
import threading
import time

from rawhttp import address, answer, drip, expect, get, host, memory, open_many, status


def simple():
    expect("a plain request", status(get("/")), 200)
    expect("HEAD has no body", answer(get("/", method="HEAD")).endswith(b"\r\n\r\n"), True)
    expect("POST", status(get("/", "Content-Length: 10\r\n", "POST") + "0123456789"), 405)
    expect("POST with a large body", status(get("/", "Content-Length: 500000000\r\n", "POST").encode() + bytes(2_000_000)), 405)
    expect("PUT, in chunks", status(get("/", "Transfer-Encoding: chunked\r\n", "PUT") + "5\r\nhello\r\n0\r\n\r\n"), 405)
    expect("GET with a body", status(get("/", "Content-Length: 3\r\n") + "abc"), 400)
    expect("both lengths", status(get("/", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")), 400)
    expect("an unknown page", status(get("/favicon.ico")), 404)


def malformed():
    expect("a head that is too large", status(get("/", "X: " + "a" * 100_000 + "\r\n")), 431)
    expect("too many fields", status(get("/", "".join(f"X{n}: 1\r\n" for n in range(5000)))), 431)
    expect("a long path", status(get("/" + "a" * 50_000)), 431)
    expect("not HTTP", status("hello\r\n\r\n"), 400)
    expect("TLS", status(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), 400)
    expect("bytes that are not ASCII", status(b"GET /\xff\xfe HTTP/1.1\r\n" + host.encode() + b"\r\n"), 400)
    expect("control characters", status(b"GET /\x00 HTTP/1.1\r\n" + host.encode() + b"\r\n"), 400)
    expect("lines that end with LF alone", status(f"GET / HTTP/1.1\n{host}\r\n\r\n"), 400, 505)
    expect("bad percent encoding", status(get("/picture?run=%zz&output=0")), 400)
    expect("an invalid code", status(get("/picture?run=%ff%fe&output=0")), 400)
    expect("HTTP/2", status("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 400, 505)
    expect("a target that is no path", status(f"GET http://evil.example/ HTTP/1.1\r\n{host}\r\n"), 400)
    expect("no host", status("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), 400)
    expect("two hosts", status(get("/", host)), 400)


def access():
    expect("another host (DNS rebinding)", status("GET /data HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"), 403)
    expect("another origin", status(get("/data", "Origin: http://evil.example\r\n")), 403)
    expect("a page of another site", status(get("/data", "Sec-Fetch-Site: cross-site\r\n")), 403)
    expect("a frame of another site", status(get("/", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n")), 403)
    for path in ["/../../etc/passwd", "/..%2f..%2fetc/passwd", "//etc/passwd", "/picture/../../etc/passwd", "/etc/passwd"]:
        expect(f"traversal {path}", status(get(path)), 404)
    for query in ["run=../../etc/passwd&output=0", "run=x&output=-1", "run=x&output=99999999999999999999", "output=0", "run=%00&output=0"]:
        expect(f"a picture that is none, {query}", status(get("/picture?" + query)), 404)
    expect("more runs than allowed", status(get("/curves?" + "run=x&" * 1000)), 400)
    head = answer(get("/")).split(b"\r\n\r\n")[0].lower()
    for field in [b"content-security-policy: default-src 'none'", b"x-content-type-options: nosniff", b"cache-control: no-store",
                  b"cross-origin-resource-policy: same-origin", b"referrer-policy: no-referrer", b"frame-ancestors 'none'"]:
        expect(field.decode(), field in head, True)
    expect("nothing for other origins", b"access-control" in head, False)


def pipelined():
    replies = answer(get("/nothing").replace("Connection: close\r\n", "") * 3 + get("/nothing")).count(b"HTTP/1.1 404")
    expect("four requests at once", replies, 4)
    garbage = answer(get("/nothing").replace("Connection: close\r\n", "") + "\x01garbage\r\n\r\n")
    expect("garbage after a request", (garbage.count(b"HTTP/1.1 404"), garbage.count(b"HTTP/1.1 400")), (1, 1))
    body = answer(get("/", "Content-Length: 60\r\n", "POST") + get("/nothing"))
    expect("a request in a body is not answered", body.count(b"HTTP/1.1"), 1)


def slow():
    expect("a slow request ends (slow loris)", drip(b"", b"G", 25) < 20, True)


def crowd():
    clients = open_many(400, b"GET / HTTP/1.1\r\nX: ")
    expect("many connections are opened", len(clients) > 200, True)
    time.sleep(13)
    expect("after a crowd", status(get("/")), 200)
    for client in clients:
        client.close()


def flood():
    """Large heads that are never complete, as fast as possible."""
    def send():
        try:
            with socket.create_connection(address, timeout=5) as client:
                for _ in range(200):
                    client.sendall(b"a" * 65536)
        except OSError:
            pass
    threads = [threading.Thread(target=send) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect("after a flood", status(get("/")), 200)


def not_reading():
    """Asks for the page and doesn't read it."""
    clients = [socket.create_connection(address, timeout=5) for _ in range(30)]
    for client in clients:
        client.sendall(get("/").encode())
    time.sleep(1)
    expect("while others don't read", status(get("/")), 200)
    for client in clients:
        client.close()


before = memory()
simple()
malformed()
access()
pipelined()
flood()
not_reading()
slow()
crowd()
growth = memory() - before
expect("memory is bounded", growth < 100, True)
print(f"grown by {growth:.0f} MB", file=sys.stderr)
