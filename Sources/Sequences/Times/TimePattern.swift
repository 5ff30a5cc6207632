// Times written in a pattern of fields and literal characters.

import Failures

/// A pattern of fields and literal characters, such as `dd.mm.yyyy HH:MM:SS` or `%d.%m.%Y %H:%M:%S`.
public struct TimePattern: Sendable, Equatable {
  /// The pattern as it was given.
  public let text: String
  let parts: [TimePart]
  /// For each part, whether it is a number whose width is fixed, because another number touches it.
  let isFixed: [Bool]

  /// Throws `Failure(.usage)` if the pattern has an unknown field, or doesn't fix a time.
  init(_ text: String) throws(Failure) {
    let spelling: TimeSpelling = text.utf8.contains(UInt8(ascii: "%")) ? .directives : .words
    var parser = TimePatternParser(text, spelling)
    let parts = try parser.parse()
    try TimePatternCheck(text, parts, spelling).check()
    self.text = text
    self.parts = parts
    isFixed = parts.indices.map { index in
      [index - 1, index + 1].contains { parts.indices.contains($0) && isNumber(parts[$0]) }
        && isNumber(parts[index])
    }
  }

  /// The fields of the pattern.
  var fields: [TimeField] { parts.compactMap { if case .field(let field) = $0 { field } else { nil } } }
}

private func isNumber(_ part: TimePart) -> Bool {
  if case .field(let field) = part { field.isNumeric } else { false }
}

/// Splits the text of a pattern into fields and literal characters.
private struct TimePatternParser {
  private let text: String
  private let spelling: TimeSpelling
  private var rest: Substring
  private var parts: [TimePart] = []

  init(_ text: String, _ spelling: TimeSpelling) {
    (self.text, self.spelling, rest) = (text, spelling, Substring(text))
  }

  mutating func parse() throws(Failure) -> [TimePart] {
    while let first = rest.first {
      switch spelling {
      case .directives where first == "%": try directive()
      case .words where first == "'": literal(quoted: rest.dropFirst().prefix { $0 != "'" })
      case .words where first.isASCII && first.isLetter: try word()
      default:
        parts += first.utf8.map { .literal($0) }
        rest.removeFirst()
      }
    }
    return parts
  }

  private mutating func literal(quoted text: Substring) {
    parts += text.utf8.map { .literal($0) }
    rest = rest.dropFirst(text.count + 2)
  }

  /// `%Y`; `%-d` is `%d`, since leading zeros may always be omitted.
  private mutating func directive() throws(Failure) {
    let spelled = rest.prefix(rest.dropFirst().first == "-" ? 3 : 2)
    let plain = "%" + String(spelled.last ?? "%")
    rest = rest.dropFirst(spelled.count)
    switch plain {
    case "%%" where spelled == "%%": parts.append(.literal(UInt8(ascii: "%")))
    case "%F": try expand("%Y-%m-%d")
    case "%T": try expand("%H:%M:%S")
    case "%R": try expand("%H:%M")
    case "%D": try expand("%m/%d/%y")
    default:
      guard let field = spelling.table.first(where: { $0.0 == plain })?.1 else {
        throw unknown(String(spelled))
      }
      parts.append(.field(field))
    }
  }

  private mutating func expand(_ pattern: String) throws(Failure) {
    var parser = TimePatternParser(pattern, .directives)
    parts += try parser.parse()
  }

  /// The longest word that is known; `T`, `Q` before a quarter and `W` before a week stand for themselves.
  private mutating func word() throws(Failure) {
    for (prefix, count) in [("T", 1), ("Qq", 1), ("Www", 1), ("QQQ", 2)] where rest.hasPrefix(prefix) {
      parts += prefix.utf8.prefix(1).map { .literal($0) }
      rest = rest.dropFirst(count)
      return
    }
    let run = rest.prefix { $0.isASCII && $0.isLetter }
    if run.allSatisfy({ $0 == "f" }) || run == "SSS" {
      parts.append(.field(.fraction))
      rest = rest.dropFirst(run.count)
      return
    }
    let matches = spelling.table.filter { rest.hasPrefix($0.0) }
    guard let match = matches.max(by: { $0.0.utf8.count < $1.0.utf8.count }) else {
      throw unknown(String(run))
    }
    parts.append(.field(match.1))
    rest = rest.dropFirst(match.0.count)
  }

  private func unknown(_ spelled: String) -> Failure {
    Failure.usage(
      "\(spelled) in \"\(text)\" is not known; known are \(spelling.known)", at: "--time-format",
      remedy: spelling == .words ? "put literal letters in single quotes, or use %Y, %m, %d, ..." : nil)
  }
}
