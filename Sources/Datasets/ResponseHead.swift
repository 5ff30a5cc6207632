// The head of an HTTP response, as far as a download has to understand it.

import CCurl
import Glibc

/// Status and header fields of one response.
struct ResponseHead: Equatable {
  /// The status code, such as 206.
  private(set) var status = 0
  /// The words behind the code, which may be empty.
  private(set) var reason = ""
  private var fields: [String: String] = [:]

  /// Takes one line of a head. A status line begins a new response: the one after a redirect counts.
  mutating func take(_ line: String) {
    let text = line.trimmed
    if text.hasPrefix("HTTP/") {
      self = ResponseHead(statusLine: text)
    } else if let colon = text.firstIndex(of: ":") {
      let name = text[..<colon].lowercased()
      fields[name] = String(text[text.index(after: colon)...]).trimmed
    }
  }

  init() {}

  private init(statusLine: String) {
    let parts = statusLine.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
    status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    reason = parts.count > 2 ? String(parts[2]) : ""
  }

  /// The field of that lower-case name; the last one where there are several.
  subscript(name: String) -> String? { fields[name] }

  /// The announced length of the body, where there is one.
  var contentLength: Int? { self["content-length"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }

  /// The coding of the body: `gzip` and the like; nil where the body is the file itself.
  var contentCoding: String? {
    let coding = self["content-encoding"]?.lowercased() ?? ""
    return coding.isEmpty || coding == "identity" ? nil : coding
  }

  /// `404 Not Found`, with nothing that could upset a terminal.
  var statusText: String {
    let words = reason.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0x7F }.prefix(60)
    return "\(status) \(String(String.UnicodeScalarView(words)))".trimmed
  }

  /// What names this state of the file so surely that the rest of it may be fetched later: a strong ETag, or
  /// a time of modification that lies before the response's own (RFC 9110, 8.8.2.2 and 8.8.3).
  var validator: String? {
    if let tag = self["etag"], tag.hasPrefix("\""), tag.count > 2, tag.hasSuffix("\"") { return tag }
    guard let modified = self["last-modified"], let date = self["date"] else { return nil }
    let (modification, response) = (http_date(modified), http_date(date))
    return modification > 0 && response > modification ? modified : nil
  }
}

/// The Content-Range of a 206: which bytes these are, and of how many.
struct ContentRange: Equatable {
  let first: Int
  let last: Int
  let total: Int

  /// nil where `text` is not `bytes FIRST-LAST/TOTAL` with numbers that make sense.
  init?(_ text: String) {
    guard text.lowercased().hasPrefix("bytes ") else { return nil }
    let parts = text.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let total = Int(parts[1].trimmed) else { return nil }
    let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { Int($0.trimmed) }
    guard ends.count == 2, let first = ends[0], let last = ends[1] else { return nil }
    guard first >= 0, first <= last, last < total else { return nil }
    (self.first, self.last, self.total) = (first, last, total)
  }
}

extension StringProtocol {
  /// Without white space at both ends.
  var trimmed: String {
    let start = firstIndex { !$0.isWhitespace } ?? endIndex
    let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
    return String(self[start..<end])
  }
}
