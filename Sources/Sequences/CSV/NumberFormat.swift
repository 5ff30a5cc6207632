// How numbers are written in a CSV file: the decimal mark, grouped digits, and the marks of a missing value. What
// can't be read for certain is not a number; a mark is never guessed from a single cell.

/// The mark between groups of three digits.
public enum DigitGrouping: String, Sendable, CaseIterable {
  /// `1,234.5`.
  case comma
  /// `1.234,5`: the decimal mark is a comma.
  case point
  /// `1 234.5`, with any blank of Unicode.
  case blank
  /// `1'234.5`.
  case apostrophe

  /// The characters that stand for the mark.
  fileprivate var marks: [[UInt8]] {
    switch self {
    case .comma: [[0x2C]]
    case .point: [[0x2E]]
    case .blank: ["\u{20}", "\u{A0}", "\u{2009}", "\u{202F}"].map { Array($0.utf8) }
    case .apostrophe: ["'", "\u{2019}"].map { Array($0.utf8) }
    }
  }
}

/// How numbers are written.
public struct NumberFormat: Sendable, Equatable {
  /// What a cell contains.
  public enum Value: Sendable, Equatable {
    /// A finite number; `true` and `false` are 1 and 0.
    case number(Double)
    /// Empty, or a marker such as `NA`.
    case missing
  }

  /// Whether the decimal mark is a comma; a point then isn't one.
  public let decimalComma: Bool
  /// The mark between groups of three digits, if digits may be grouped.
  public let grouping: DigitGrouping?

  /// Numbers with a decimal point, or a decimal comma; grouping by points implies a decimal comma.
  public init(decimalComma: Bool = false, grouping: DigitGrouping? = nil) {
    self.decimalComma = decimalComma || grouping == .point
    self.grouping = grouping
  }

  /// The value of a cell; nil if it has none in this format. Blanks around it are ignored.
  public func value(_ cell: ArraySlice<UInt8>) -> Value? {
    let text = trimmingBlanks(cell)
    if let number = number(text) { return .number(number) }
    if Self.isMissing(text) { return .missing }
    return Self.bool(text).map { .number($0 ? 1 : 0) }
  }

  /// The finite decimal number `text`, without blanks at its ends; nil for anything else, infinity and hexadecimal
  /// numbers included.
  func number(_ text: ArraySlice<UInt8>) -> Double? {
    guard let plain = plain(text), let value = Double(String(decoding: plain, as: UTF8.self)) else {
      return nil
    }
    return value.isFinite ? value : nil
  }
}

// MARK: - Grammar

extension NumberFormat {
  /// The number as Swift writes it; nil if a byte has no place in a number.
  private func plain(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let isPlain = text.allSatisfy { (0x30...0x39).contains($0) || "+-eE".utf8.contains($0) }
    if isPlain { return text }
    let mark = decimalComma ? UInt8(ascii: ",") : UInt8(ascii: ".")
    var text = text
    if text.starts(with: [0xE2, 0x88, 0x92]) { text = ArraySlice([UInt8(ascii: "-")] + text.dropFirst(3)) }
    if let grouping {
      guard let joined = joined(text, grouping, mark) else { return nil }
      text = joined
    }
    guard text.allSatisfy({ (0x30...0x39).contains($0) || "+-eE".utf8.contains($0) || $0 == mark }) else {
      return nil
    }
    return decimalComma ? ArraySlice(text.map { $0 == mark ? UInt8(ascii: ".") : $0 }) : text
  }

  /// The number without its grouping marks; nil if a group doesn't have three digits, or the first one has more.
  private func joined(_ text: ArraySlice<UInt8>, _ grouping: DigitGrouping, _ mark: UInt8)
    -> ArraySlice<UInt8>?
  {
    let sign = text.prefix { "+-".utf8.contains($0) }
    let whole = text.dropFirst(sign.count).prefix { $0 != mark && $0 | 0x20 != 0x65 }
    let rest = text[whole.endIndex...]
    let groups = Self.split(whole, at: grouping.marks)
    guard groups.count > 1 else { return text }
    guard (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 }),
      groups.joined().allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return ArraySlice(sign + groups.joined() + rest)
  }

  private static func split(_ text: ArraySlice<UInt8>, at marks: [[UInt8]]) -> [ArraySlice<UInt8>] {
    var groups: [ArraySlice<UInt8>] = []
    var (start, position) = (text.startIndex, text.startIndex)
    while position < text.endIndex {
      if let mark = marks.first(where: { text[position...].starts(with: $0) }) {
        groups.append(text[start..<position])
        position += mark.count
        start = position
      } else {
        position += 1
      }
    }
    return groups + [text[start...]]
  }
}

// MARK: - Words

extension NumberFormat {
  /// The marks of a missing value that spreadsheets, R, pandas and SQL write, in lower case.
  private static let missingMarks: Set<String> = [
    "", "na", "n/a", "#n/a", "#n/a n/a", "#na", "#nv", "<na>", "nan", "-nan", "nat", "null", "none", "nil",
    "?",
    "-", "--", ".",
  ]

  /// Whether a cell is a mark of a missing value, in any case.
  public static func isMissing(_ cell: ArraySlice<UInt8>) -> Bool {
    let text = trimmingBlanks(cell)
    guard text.count <= 8 else { return false }
    return text.isEmpty || missingMarks.contains(String(decoding: text, as: UTF8.self).lowercased())
  }

  /// Whether a cell is `true` or `false`, in any case.
  static func isBool(_ cell: ArraySlice<UInt8>) -> Bool { bool(trimmingBlanks(cell)) != nil }

  private static func bool(_ text: ArraySlice<UInt8>) -> Bool? {
    guard (4...5).contains(text.count) else { return nil }
    return switch String(decoding: text, as: UTF8.self).lowercased() {
    case "true": true
    case "false": false
    default: nil
    }
  }
}
