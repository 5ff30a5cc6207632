// Heads of requests: what is read, and what is refused.

import Testing
import WebServer

@Suite struct RequestHeadTests {
  private func head(_ text: String) throws -> RequestHead { try RequestHead(Array(text.utf8)) }

  @Test("a plain head") func plain() throws {
    let found = try head("GET /a?x=1&y=a%20b&z HTTP/1.1\r\nHost: h\r\nCookie: a=1; rnn=2\r\nX:  v \r\n\r\n")
    #expect(found.request.path == "/a" && found.request.method == "GET" && found.keepsConnection)
    #expect(found.request.query == [.init("x", "1"), .init("y", "a b"), .init("z", "")])
    #expect(found.request.fields["x"] == "v" && found.request.cookie("rnn") == "2")
  }

  @Test("connections that end") func ends() throws {
    #expect(try !head("GET / HTTP/1.0\r\n\r\n").keepsConnection)
    #expect(try !head("GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n").keepsConnection)
  }

  @Test("bodies") func bodies() throws {
    func body(_ fields: String) throws -> RequestHead.Body {
      try head("POST / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n").body
    }
    #expect(try body("") == .none && body("Content-Length: 0\r\n") == .none)
    #expect(try body("Content-Length: 12\r\n") == .length(12))
    #expect(try body("Transfer-Encoding: Chunked\r\n") == .chunked)
    #expect(try head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n").keepsConnection)
    #expect(try head("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n\r\n").expectsContinue)
  }

  @Test(
    "bodies whose end isn't certain",
    arguments: [
      "Content-Length: +3", "Content-Length: 3, 3", "Content-Length: -1", "Content-Length: 0x3",
      "Content-Length:",
      "Content-Length: 3\r\nContent-Length: 3", "Content-Length: 9999999999999999999",
      "Content-Length: 3\r\nTransfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: identity",
      "Expect: 200-ok",
    ])
  func ambiguous(_ fields: String) {
    #expect(throws: RefusedRequest.self) { try head("POST / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n") }
  }

  @Test(
    "what is refused",
    arguments: [
      "", "\r\n\r\n", "GET /\r\n\r\n", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
      "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/2\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n", "G(T / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /\u{0} HTTP/1.1\r\nHost: h\r\n\r\n", "GET /ü HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /?a=%f HTTP/1.1\r\nHost: h\r\n\r\n", "GET /?a=%ff HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /?a=%+1 HTTP/1.1\r\nHost: h\r\n\r\n",
    ])
  func refused(_ text: String) {
    #expect(throws: RefusedRequest.self) { try head(text) }
  }
}
