"""Requests written byte by byte, for servers that are tested with what no usual client would send.

The program's arguments are URL and PID: the server's address and process.
"""

import socket
import sys
import time
import urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
process = sys.argv[2]
address = (url.hostname, url.port)
host = f"Host: {url.netloc}\r\n"


def memory():
    with open(f"/proc/{process}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def answer(request, wait=15.0):
    """All that the server answers until it closes the connection."""
    with socket.create_connection(address, timeout=wait) as client:
        try:
            client.sendall(request if isinstance(request, bytes) else request.encode())
        except OSError:
            pass
        return rest(client)


def rest(client):
    """All that the server still answers on a connection."""
    parts = []
    try:
        while part := client.recv(65536):
            parts.append(part)
    except OSError:
        pass
    return b"".join(parts)


def status(request, wait=15.0):
    return status_of(answer(request, wait))


def status_of(reply):
    line = reply.split(b"\r\n")[0].split()
    return int(line[1]) if len(line) > 1 else 0


def get(path, fields="", method="GET"):
    return f"{method} {path} HTTP/1.1\r\n{host}{fields}Connection: close\r\n\r\n"


def expect(name, found, *wanted):
    print(("ok: " if found in wanted else f"NOT ({found}): ") + name, flush=True)
    if found not in wanted:
        sys.exit(1)


def drip(begin, byte, seconds):
    """Sends a beginning, then a byte each half second; returns how long the server let it."""
    start = time.monotonic()
    with socket.create_connection(address, timeout=30) as client:
        try:
            client.sendall(begin)
            while time.monotonic() - start < seconds:
                client.sendall(byte)
                time.sleep(0.5)
        except OSError:
            pass
    return time.monotonic() - start


def open_many(count, begin):
    """Connections that begin a request and don't end it."""
    clients = []
    for _ in range(count):
        client = socket.socket()
        client.settimeout(5)
        try:
            client.connect(address)
            client.sendall(begin)
            clients.append(client)
        except OSError:
            pass
    return clients
