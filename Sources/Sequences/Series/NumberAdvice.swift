// What to do about a cell that is not a number as numbers are read: the options that read it, with what it would then
// mean if that is ambiguous.

import Failures

extension NumberFormat {
  /// What to do about a cell that has no value in this format; nil if there is no advice.
  public func advice(about cell: ArraySlice<UInt8>) -> String? { NumberAdvice(cell, readAs: self).text }
}

/// Advice about a cell that is not a number.
struct NumberAdvice {
  private let current: NumberFormat
  private let cell: ArraySlice<UInt8>

  init(_ cell: ArraySlice<UInt8>, readAs current: NumberFormat) {
    (self.cell, self.current) = (trimmingBlanks(cell), current)
  }

  /// The options that read the cell as a number; else what is wrong with it; nil if there is no advice.
  var text: String? { options ?? fault }

  private var options: String? {
    var readings: [(options: String, value: Double)] = []
    for (format, options) in Self.formats where format != current {
      guard let value = format.number(cell), !readings.contains(where: { $0.value == value }) else {
        continue
      }
      let isSwitch = current.decimalComma && format.grouping == .comma
      readings.append((options + (isSwitch ? " instead of --decimal-comma" : ""), value))
    }
    guard let first = readings.first else { return nil }
    guard readings.count > 1 else { return "use \(first.options)" }
    return "use "
      + readings.map { "\($0.options) if it means \(plainText($0.value))" }.joined(separator: ", or ")
  }

  /// All formats, the simplest first, with the options that choose them.
  private static let formats: [(NumberFormat, String)] = [
    (NumberFormat(), "--no-decimal-comma"),
    (NumberFormat(grouping: .comma), "--thousands comma"),
    (NumberFormat(decimalComma: true), "--decimal-comma"),
    (NumberFormat(grouping: .point), "--thousands point"),
    (NumberFormat(grouping: .blank), "--thousands blank"),
    (NumberFormat(grouping: .apostrophe), "--thousands apostrophe"),
    (NumberFormat(decimalComma: true, grouping: .blank), "--thousands blank --decimal-comma"),
    (NumberFormat(decimalComma: true, grouping: .apostrophe), "--thousands apostrophe --decimal-comma"),
  ]

  private var fault: String? {
    let text = String(decoding: cell, as: UTF8.self)
    guard text.unicodeScalars.contains(where: { ("0"..."9").contains($0) }) else { return nil }
    if text.hasSuffix("%") { return "write percentages without the sign" }
    let isDateLike = text.utf8.count { $0 == 0x2D || $0 == 0x2E || $0 == 0x2F || $0 == 0x3A } > 1
    let first = text.unicodeScalars.first { !("+-".unicodeScalars.contains($0)) }
    let hasUnit = first.map { !$0.properties.isAlphabetic } ?? false
    let letters = text.unicodeScalars.drop { !$0.properties.isAlphabetic && !$0.properties.isCurrency }
    if !isDateLike, hasUnit, !letters.isEmpty, !text.hasPrefix("0x"), !text.hasPrefix("0X"),
      !isExponent(letters)
    {
      return "write numbers without a unit or currency"
    }
    return nil
  }

  /// Whether letters are those of a number such as `1e5` alone.
  private func isExponent(_ text: Substring.UnicodeScalarView) -> Bool {
    (text.first == "e" || text.first == "E") && !text.dropFirst().contains { $0.properties.isAlphabetic }
  }

  private func plainText(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}

extension Unicode.Scalar.Properties {
  fileprivate var isCurrency: Bool { generalCategory == .currencySymbol }
}
