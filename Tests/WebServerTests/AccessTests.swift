// Who may read what the server shows.

import Failures
import Testing
import WebServer

@Suite struct AccessTests {
  private func rules(_ host: String, token: String? = nil) throws -> AccessRules {
    AccessRules(
      try ListeningAddress(host: host, port: 8008), names: ["machine"],
      token: try token.map { try AccessToken($0) }
    )
  }

  private func refusal(_ rules: AccessRules, _ request: Request, needsToken: Bool = true) -> RefusedRequest? {
    do throws(RefusedRequest) {
      try rules.check(request, needsToken: needsToken)
      return nil
    } catch { return error }
  }

  private func status(
    _ rules: AccessRules, _ fields: [String: String], path: String = "/data", query: [Request.QueryItem] = []
  ) -> Int? {
    refusal(rules, Request(method: "GET", path: path, query: query, fields: fields))?.status.rawValue
  }

  @Test("names of this machine", arguments: ["127.0.0.1:8008", "localhost", "LOCALHOST:9", "machine:8008"])
  func known(host: String) throws {
    #expect(status(try rules("127.0.0.1"), ["host": host]) == nil)
  }

  @Test(
    "names that a browser could be tricked into",
    arguments: [
      "evil.example", "evil.example:8008", "127.0.0.1.evil.example", "", "192.0.2.1", "[::2]",
      "localhost.evil",
    ])
  func unknown(host: String) throws {
    #expect(status(try rules("127.0.0.1"), ["host": host]) == 403)
  }

  @Test("addresses are known where others may come") func addresses() throws {
    let rules = try rules("0.0.0.0", token: "0123456789abcdef")
    let bearer = ["authorization": "Bearer 0123456789abcdef"]
    #expect(status(rules, bearer.merging(["host": "192.0.2.1:8008"]) { $1 }) == nil)
    #expect(status(rules, bearer.merging(["host": "[2001:db8::1]"]) { $1 }) == nil)
    #expect(status(rules, bearer.merging(["host": "evil.example"]) { $1 }) == 403)
  }

  @Test("pages of other sites") func origins() throws {
    let rules = try rules("127.0.0.1")
    let own = ["host": "127.0.0.1:8008"]
    func with(_ more: [String: String]) -> [String: String] { own.merging(more) { $1 } }
    #expect(status(rules, with(["origin": "http://127.0.0.1:8008", "sec-fetch-site": "same-origin"])) == nil)
    #expect(status(rules, with(["origin": "null"])) == 403)
    #expect(status(rules, with(["sec-fetch-site": "same-site"])) == 403)
    let link = ["sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"]
    #expect(status(rules, with(link), path: "/") == nil)
    #expect(status(rules, with(link), path: "/data") == 403)
  }

  @Test("tokens: in a field, a cookie, and an address that becomes a cookie") func tokens() throws {
    let rules = try rules("127.0.0.1", token: "0123456789abcdef")
    let own = ["host": "localhost"]
    func with(_ name: String, _ value: String) -> [String: String] { own.merging([name: value]) { $1 } }
    #expect(status(rules, own) == 401)
    #expect(status(rules, with("authorization", "bearer 0123456789abcdef")) == nil)
    #expect(status(rules, with("authorization", "Bearer 0123456789abcdeg")) == 401)
    #expect(status(rules, with("cookie", "x=1; rnn_token_8008=0123456789abcdef")) == nil)
    #expect(status(rules, with("cookie", "rnn_token_8008=")) == 401)
    #expect(status(rules, own, query: [.init("token", "0123456789abcde")]) == 401)
    let request = Request(method: "GET", path: "/", query: [.init("token", "0123456789abcdef")], fields: own)
    let welcome = refusal(rules, request)
    #expect(welcome?.status == .seeOther)
    #expect(welcome?.fields.contains { $0.name == "Set-Cookie" && $0.value.contains("HttpOnly") } == true)
  }

  @Test(
    "tokens that are refused",
    arguments: ["short", String(repeating: "a", count: 257), "0123456789abcde;", "0123456789 bcdef"])
  func badTokens(text: String) { #expect(throws: Failure.self) { try AccessToken(text) } }

  @Test("random tokens differ") func random() throws {
    let (first, second) = (try AccessToken.random(), try AccessToken.random())
    #expect(first.text.count == 40 && first.text != second.text && first.matches(first.text))
    #expect(!first.matches(second.text) && !first.matches("") && !first.matches(first.text + "0"))
  }
}
