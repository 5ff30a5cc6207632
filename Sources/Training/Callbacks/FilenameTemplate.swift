// File names that contain an epoch's number and values, as in Keras's ModelCheckpoint:
// `model-{epoch:02d}-{val_loss:.4f}.tensors.zst`.

import Failures

/// A file name with placeholders for an epoch's number and values.
public struct FilenameTemplate: Sendable, Equatable {
  fileprivate enum Part: Sendable, Equatable {
    case text(String)
    case value(name: String, format: Format)
  }

  /// The format of a number: Python's `02d` and `.4f`.
  fileprivate struct Format: Sendable, Equatable {
    var padsWithZeros = false
    var width = 0
    var precision: Int?
  }

  private let parts: [Part]
  private let text: String

  /// Throws `Failure` (usage) if a placeholder is invalid or the name is empty.
  ///
  /// - Parameter subject: the option, for messages: `save-best`.
  public init(parsing text: String, subject: String) throws {
    guard !text.isEmpty, text != "-" else {
      throw Failure.usage("\(subject): no file name", remedy: "such as model-{epoch:02d}.tensors.zst")
    }
    self.text = text
    var (parts, rest) = ([Part](), Substring(text))
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw Failure.usage("\(subject): unclosed brace in '\(text)'", remedy: "such as {epoch:02d}")
      }
      parts.append(.text(String(rest[..<open])))
      parts.append(try Self.placeholder(rest[rest.index(after: open)..<close], subject))
      rest = rest[rest.index(after: close)...]
    }
    self.parts = parts + [.text(String(rest))]
  }

  private static func placeholder(_ inside: Substring, _ subject: String) throws -> Part {
    let pieces = inside.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard pieces[0].allSatisfy({ $0.isLetter || $0.isNumber || "_.".contains($0) }), !pieces[0].isEmpty,
      let format = Format(pieces.count == 2 ? pieces[1] : "")
    else {
      throw Failure.usage(
        "\(subject): {\(inside)} is not a valid placeholder", remedy: "such as {epoch:02d} or {val_loss:.4f}")
    }
    return .value(name: String(pieces[0]), format: format)
  }

  /// The names in braces.
  public var names: Set<String> {
    Set(parts.compactMap { if case .value(let name, _) = $0 { name } else { nil } })
  }

  /// The file name for an epoch; missing values are written as `NA`.
  public func name(_ epoch: History.Epoch) -> String {
    parts.map { part in
      switch part {
      case .text(let text): return text
      case .value("epoch", let format): return format.text(Double(epoch.number), isInteger: true)
      case .value(let name, let format):
        return epoch.values[name].map { format.text($0, isInteger: false) } ?? "NA"
      }
    }.joined()
  }
}

extension FilenameTemplate.Format {
  /// Reads `[0][width][.precision][d|f]`; nil for anything else.
  fileprivate init?(_ text: Substring) {
    var rest = text
    if rest.first == "0" {
      padsWithZeros = true
      rest.removeFirst()
    }
    width = Self.number(&rest) ?? 0
    if rest.first == "." {
      rest.removeFirst()
      precision = Self.number(&rest)
      guard precision != nil else { return nil }
    }
    if let last = rest.first, "df".contains(last) { rest.removeFirst() }
    guard rest.isEmpty, width <= 40, precision ?? 0 <= 12 else { return nil }
  }

  /// Removes leading digits from `rest` and returns their value.
  private static func number(_ rest: inout Substring) -> Int? {
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    rest = rest.dropFirst(digits.count)
    return Int(digits)
  }

  /// The number with the given number of decimals, padded to the width.
  fileprivate func text(_ value: Double, isInteger: Bool) -> String {
    let text = precision == nil && !isInteger ? "\(value)" : fixed(value, decimals: precision ?? 0)
    let padding = max(0, width - text.count)
    guard padsWithZeros else { return String(repeating: " ", count: padding) + text }
    let sign = text.hasPrefix("-") ? "-" : ""
    return sign + String(repeating: "0", count: padding) + text.dropFirst(sign.count)
  }

  private func fixed(_ value: Double, decimals: Int) -> String {
    let power = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
    let scaled = (abs(value) * power).rounded(.toNearestOrEven)
    guard scaled < 1e18 else { return "\(value)" }
    let digits = String(Int64(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return sign + padded.dropLast(decimals) + (decimals > 0 ? "." + padded.suffix(decimals) : "")
  }
}
