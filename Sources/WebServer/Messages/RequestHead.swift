// Reading the head of an HTTP/1.1 request (RFC 9112), strictly: what is not certain is refused, since a lenient reader and
// a lenient proxy can understand the same bytes differently.

/// The head of a request.
package struct RequestHead: Equatable {
  /// How a body is sent.
  package enum Body: Equatable {
    /// There is none.
    case none
    /// As many bytes follow.
    case length(Int)
    /// Chunks follow, each with its length.
    case chunked
  }

  /// What is asked for.
  package let request: Request
  /// What follows the head.
  package let body: Body
  /// Whether the client waits for a sign before it sends the body.
  package let expectsContinue: Bool
  /// Whether the client wants to send further requests on the connection.
  package let keepsConnection: Bool

  /// Reads a head.
  /// - Parameter bytes: all bytes up to the empty line, which is included.
  /// - Throws: `RefusedRequest`.
  package init(_ bytes: some Collection<UInt8>) throws(RefusedRequest) {
    guard bytes.allSatisfy({ (0x20..<0x7F).contains($0) || [9, 10, 13].contains($0) }) else {
      throw RefusedRequest(.badRequest, "the head has bytes that are not printable ASCII")
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\r\n", omittingEmptySubsequences: false)
    guard lines.allSatisfy({ !$0.utf8.contains(13) && !$0.utf8.contains(10) }) else {
      throw RefusedRequest(.badRequest, "a line of the head does not end with CR and LF")
    }
    let (method, target, version) = try RequestHead.requestLine(lines.first ?? "")
    let fields = try RequestHead.fields(lines.dropFirst().prefix { !$0.isEmpty })
    guard fields["host"] != nil || version == "HTTP/1.0" else {
      throw RefusedRequest(.badRequest, "there is no Host field")
    }
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let query = try RequestHead.query(parts.count > 1 ? parts[1] : "")
    request = Request(method: method, path: String(parts.first ?? ""), query: query, fields: fields)
    body = try RequestHead.body(fields, version)
    keepsConnection =
      version == "HTTP/1.1" && fields["connection"]?.lowercased().contains("close") != true
    if body != .none, method == "GET" || method == "HEAD" {
      throw RefusedRequest(.badRequest, "a \(method) request has no body")
    }
    expectsContinue = try RequestHead.expectsContinue(fields, version)
  }

  /// How the body is sent. Lengths are digits alone, and there is only one way to tell the length: what is ambiguous here
  /// can hide a request from a proxy.
  private static func body(_ fields: [String: String], _ version: Substring) throws(RefusedRequest) -> Body {
    if let coding = fields["transfer-encoding"] {
      guard version == "HTTP/1.1", fields["content-length"] == nil else {
        throw RefusedRequest(.badRequest, "the length of the body is ambiguous")
      }
      guard coding.lowercased() == "chunked" else {
        throw RefusedRequest(.notImplemented, "only the transfer coding chunked is known")
      }
      return .chunked
    }
    guard let length = fields["content-length"] else { return .none }
    guard (1...15).contains(length.utf8.count),
      length.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let count = Int(length)
    else { throw RefusedRequest(.badRequest, "the length of the body can't be read") }
    return count == 0 ? .none : .length(count)
  }

  private static func expectsContinue(
    _ fields: [String: String], _ version: Substring
  ) throws(RefusedRequest) -> Bool {
    guard let expectation = fields["expect"], version == "HTTP/1.1" else { return false }
    guard expectation.lowercased() == "100-continue" else {
      throw RefusedRequest(.expectationFailed, "only the expectation 100-continue is known")
    }
    return true
  }

  private static func requestLine(
    _ line: Substring
  ) throws(RefusedRequest) -> (method: String, target: Substring, version: Substring) {
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, parts[0].utf8.allSatisfy(isTokenByte) else {
      throw RefusedRequest(.badRequest, "the request line can't be read")
    }
    guard ["HTTP/1.1", "HTTP/1.0"].contains(parts[2]) else {
      throw RefusedRequest(.versionNotSupported, "only HTTP/1.1 is spoken here")
    }
    guard parts[1].hasPrefix("/"), !parts[1].utf8.contains(9) else {
      throw RefusedRequest(.badRequest, "the target is not a path")
    }
    return (String(parts[0]), parts[1], parts[2])
  }

  /// The fields by name; the values of repeated ones are joined with commas, except that there is only one host.
  private static func fields(_ lines: some Sequence<Substring>) throws(RefusedRequest) -> [String: String] {
    var fields: [String: String] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
        line[..<colon].utf8.allSatisfy(isTokenByte)
      else { throw RefusedRequest(.badRequest, "a field of the head can't be read") }
      let name = line[..<colon].lowercased()
      let value = trimmed(line[line.index(after: colon)...])
      if let earlier = fields[name] {
        guard name != "host", name != "content-length" else {
          throw RefusedRequest(.badRequest, "there are two fields \(name)")
        }
        fields[name] = earlier + (name == "cookie" ? "; " : ", ") + value
      } else {
        fields[name] = value
      }
    }
    return fields
  }

  private static func trimmed(_ value: Substring) -> String {
    func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
    var value = value.drop(while: isSpace)
    while let last = value.last, isSpace(last) { value.removeLast() }
    return String(value)
  }

  /// A byte of a method or a field's name (RFC 9110, 5.6.2).
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  private static func query(_ text: Substring) throws(RefusedRequest) -> [Request.QueryItem] {
    var items: [Request.QueryItem] = []
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decoded(parts[0]), let value = decoded(parts.count > 1 ? parts[1] : "") else {
        throw RefusedRequest(.badRequest, "the query is not percent-encoded UTF-8")
      }
      items.append(Request.QueryItem(name, value))
    }
    return items
  }

  /// Percent-encoded text; nil if it isn't UTF-8.
  private static func decoded(_ text: Substring) -> String? {
    var (bytes, rest) = ([UInt8](), Substring(text).utf8)
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16),
        digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
      else { return nil }
      bytes.append(value)
      rest.removeFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
