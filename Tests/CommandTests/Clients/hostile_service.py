"""Sends rnn-serve requests that no usual client would send, and checks that it refuses them and stays up.

usage: hostile_service.py URL PID     the service's address and process; it is to read `x` [any, 1], --timeout 2s, --max-body 1M
"""

import json
import socket
import sys
import threading
import time

from rawhttp import address, answer, drip, expect, get, host, memory, open_many, rest, status, status_of

INFER = "/v2/models/m/infer"
LIMIT = 1 << 20


def body_of(shape=(1, 5, 1), data=(1, 2, 3, 4, 5), name="x", datatype="FP32", **more):
    return json.dumps({"inputs": [{"name": name, "shape": shape, "datatype": datatype, "data": data}], **more})


GOOD = body_of()


def post(body, path=INFER, fields="", length=None, close=True):
    body = body if isinstance(body, bytes) else body.encode()
    length = len(body) if length is None else length
    ending = "Connection: close\r\n" if close else ""
    return f"POST {path} HTTP/1.1\r\n{host}Content-Length: {length}\r\n{fields}{ending}\r\n".encode() + body


def chunked(parts, path=INFER, ending=b"0\r\n\r\n"):
    head = f"POST {path} HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n".encode()
    return head + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + ending


def content(reply):
    return reply.split(b"\r\n\r\n", 1)[1]


def error(request):
    """The status and the message of an error."""
    reply = answer(request)
    return status_of(reply), json.loads(content(reply))["error"]


def expect_error(name, body, part, path=INFER, wanted=400):
    found = error(post(body, path))
    expect(name, (found[0], part in found[1] or found[1]), (wanted, True))


def shapes():
    expect_error("fewer values than the shape says", body_of(data=[1, 2]), "its data has 2 values, but its shape is [1, 5, 1]")
    expect_error("too few dimensions", body_of(shape=[5, 1]), "input x: its shape is [5,1], but the model reads [any, any, 1]")
    expect_error("another width", body_of(shape=[1, 1, 5]), "the model reads [any, any, 1]")
    expect_error("no rows", body_of(shape=[0, 5, 1], data=[]), "its shape is [0,5,1]")
    expect_error("a negative size", body_of(shape=[-1, -5, 1]), "its shape is [-1,-5,1]")
    expect_error("sizes whose product is too large", body_of(shape=[2**40, 2**40, 1]), "but its shape is")
    expect_error("a size that is no number", body_of(shape=["1", 5, 1]), "its shape is")
    expect_error("nested data of another shape", body_of(data=[[[1, 2, 3, 4, 5]]]), "its data has the shape")
    expect_error("ragged data", body_of(data=[[1, 2], [3]]), "differ in length")
    expect_error("a row that is too long", body_of(shape=[1, 100_000, 1], data=[0] * 100_000), "at most 4096")
    expect_error("an unknown input", body_of(name="y"), "the model has no such input (it reads x)")
    expect_error("an input given twice", json.dumps({"inputs": json.loads(GOOD)["inputs"] * 2}), "given twice")
    expect_error("no input", '{"inputs": []}', "the input x is missing")
    expect_error("another datatype", body_of(datatype="BYTES"), "the model reads FP32")
    expect_error("an unknown datatype", body_of(datatype="FP128"), "there is no known datatype")
    expect_error("text for numbers", body_of(data=["1", "2", "3", "4", "5"]), "is not a number")
    expect_error("null for numbers", body_of(data=[None] * 5), "null is not a number")
    expect_error("a number that is too large", body_of(data=[1e300] * 5), "too large for single precision")
    expect_error("an unknown output", body_of(outputs=[{"name": "z"}]), "the model has no such output (it predicts prediction)")
    expect_error("shared memory", body_of(outputs=[{"name": "prediction", "parameters": {"shared_memory_region": "a"}}]),
                 "not supported")
    expect("nested data", status(post(body_of(data=[[[1], [2], [3], [4], [5]]]))), 200)


def malformed():
    for name, text in [("nothing", ""), ("no JSON", "hello"), ("no object", "[1]"), ("NaN", GOOD.replace("1,", "NaN,")),
                       ("a number without end", GOOD.replace("1,", "1" + "0" * 5000 + ",")), ("half", GOOD[:-9]),
                       ("a key twice", '{"inputs":[],"inputs":[]}'), ("deep nesting", "[" * 100_000),
                       ("deep nesting in the data", body_of(data=[]).replace("[]", "[" * 500 + "]" * 500)),
                       ("a text that isn't closed", '{"id": "'), ("zeros", "\0" * 1000)]:
        expect(f"{name} as a request", status(post(text)), 400)
    expect("bytes that are no text", status(post(b'{"id": "\xff\xfe"}')), 400)
    expect("half a million values", status(post("[" + "1," * 500_000 + "1]")), 400)
    expect("lines that are none", status(post("\n\n\n", "/predict")), 400)
    expect("a million empty lines", status(post("\n" * 1_000_000, "/predict")), 400)
    expect("many bad lines", status(post("x\n" * 100_000, "/predict")), 400)
    expect("tensors in binary form", status(post(GOOD, fields="Inference-Header-Content-Length: 10\r\n")), 400)
    expect("a compressed body", status(post(GOOD, fields="Content-Encoding: gzip\r\n")), 415)


def large():
    expect("10 MB, announced", status(post(b"", length=10_000_000)), 413)
    expect("10 MB, sent", status(post(b" " * 10_000_000)), 413, 0)
    expect("10 MB in chunks", status(chunked([b" " * 65_536] * 160)), 413, 0)
    expect("one chunk of a petabyte", status(chunked([], ending=b"3ffffffffffff\r\n")), 413)
    expect("a chunk with a negative size", status(chunked([], ending=b"-5\r\n")), 400)
    expect("a chunk without a size", status(chunked([], ending=b"\r\n")), 400)
    expect("a chunk that is longer than it says", status(chunked([], ending=b"2\r\nabcdef\r\n0\r\n\r\n")), 400)
    expect("an endless chunk extension", status(chunked([], ending=b"2;" + b"a" * 100_000)), 400)
    expect("endless fields after the body", status(chunked([], ending=b"0\r\n" + b"a: b\r\n" * 50_000)), 431)
    expect("as large as allowed", status(post(GOOD + " " * (LIMIT - len(GOOD)))), 200)
    expect("a byte more", status(post(GOOD + " " * (LIMIT + 1 - len(GOOD)))), 413)
    expect("a body without length is empty", status(get(INFER, method="POST")), 400)


def same_answers():
    plain = content(answer(post(GOOD)))
    expect("chunks of one byte", content(answer(chunked([bytes([byte]) for byte in GOOD.encode()]))), plain)
    expect("chunks with extensions and trailers", content(answer(
        chunked([], ending=b"%X;a=b\r\n%s\r\n0;x\r\nTrailer: 1\r\n\r\n" % (len(GOOD), GOOD.encode())))), plain)
    replies = answer(post(GOOD, close=False) * 3 + post(GOOD))
    expect("four requests at once", replies.count(plain), 4)
    mixed = answer(post(GOOD, close=False) + post("{}", close=False) + get("/v2").encode())
    expect("a bad one between others", [mixed.count(b"HTTP/1.1 200"), mixed.count(b"HTTP/1.1 400")], [2, 1])
    smuggled = answer(post(GOOD, fields="Transfer-Encoding: chunked\r\n") + post(GOOD))
    expect("two lengths (smuggling)", [smuggled.count(b"HTTP/1.1"), status_of(smuggled)], [1, 400])
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(post(b"", fields="Expect: 100-continue\r\n", length=len(GOOD)))
        first = client.recv(100)
        client.sendall(GOOD.encode())
        expect("100-continue", (first, content(rest(client))), (b"HTTP/1.1 100 Continue\r\n\r\n", plain))
    expect("no 100-continue for too much", status(post(b"", fields="Expect: 100-continue\r\n", length=LIMIT + 1)), 413)
    expect("another expectation", status(post(GOOD, fields="Expect: tea\r\n")), 417)


def paths():
    expect("GET where POST belongs", status(get(INFER)), 405)
    expect("the methods that are allowed", b"Allow: POST\r\n" in answer(get(INFER)), True)
    expect("POST where GET belongs", b"Allow: GET, HEAD\r\n" in answer(post(GOOD, "/v2")), True)
    for method in ["DELETE", "OPTIONS", "TRACE", "CONNECT", "X"]:
        expect(method, status(get("/v2", method=method)), 405)
    expect("HEAD has no body", answer(get("/v2", method="HEAD")).endswith(b"\r\n\r\n"), True)
    for path in ["/nothing", "/../../etc/passwd", "//etc/passwd", "/v2/models/../../../etc/passwd", "/v2/models/other/infer",
                 "/v2/models/m%2finfer", "/v2/", "/V2", "/etc/passwd"]:
        expect(f"path {path}", status(get(path)), 404)
    expect("another host (DNS rebinding)", status("GET /v2 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"), 403)
    expect("another origin", status(post(GOOD, fields="Origin: http://evil.example\r\n")), 403)
    expect("a page of another site", status(post(GOOD, fields="Sec-Fetch-Site: cross-site\r\n")), 403)
    expect("a head that is too large", status(get("/v2", "X: " + "a" * 100_000 + "\r\n")), 431)
    expect("not HTTP", status("hello\r\n\r\n"), 400)


def unfinished():
    expect("a body that is never finished", status(post(GOOD[:20], length=len(GOOD))), 408)
    expect("a head that is never finished", status("POST / HTTP/1.1\r\nHost"), 408)
    expect("chunks that are never finished", status(chunked([GOOD.encode()], ending=b"")), 408)
    expect("a slow head ends", drip(b"POST ", b"x", 12) < 8, True)
    expect("a slow body ends", drip(post(b"", length=1000), b" ", 12) < 8, True)
    with socket.create_connection(address, timeout=5) as client:
        client.sendall(post(GOOD))
    expect("after a client that didn't wait", status(post(GOOD)), 200)


def crowds():
    clients = open_many(400, post(GOOD[:20], length=500))
    expect("many connections are opened", len(clients) > 256, True)
    time.sleep(4)
    expect("after a crowd", status(post(GOOD)), 200)
    for client in clients:
        client.close()

    def send():
        try:
            with socket.create_connection(address, timeout=5) as client:
                for _ in range(20):
                    client.sendall(post("[" + "1," * 250_000 + "1]", close=False))
                    client.recv(1000)
        except OSError:
            pass

    threads = [threading.Thread(target=send) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect("after a flood", status(post(GOOD)), 200)


def many_shapes():
    for steps in list(range(1, 40)) + [4096]:
        expect(f"{steps} steps", status(post(body_of(shape=[1, steps, 1], data=[0.5] * steps))), 200)


before = memory()
first = answer(post(GOOD))
shapes()
malformed()
large()
same_answers()
paths()
unfinished()
many_shapes()
crowds()
expect("the same answer as in the beginning", answer(post(GOOD)), first)
growth = memory() - before
expect("memory is bounded", growth < 250, True)
print(f"grown by {growth:.0f} MB", file=sys.stderr)
