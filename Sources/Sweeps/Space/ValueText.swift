// The syntax of a parameter's values: a list, or a range with its scale and its step.

import Failures

extension ParameterValues {
  /// Reads `16, 32, 64`, `1..8`, `0.0..0.5:step=0.1` or `1e-4..1e-1:log`.
  /// - Throws: `Failure` (usage).
  public init(parsing text: String) throws(Failure) {
    guard let range = try ParameterValues.range(trimmed(text[...])) else {
      self = .choices(try SpaceText.list(text))
      return
    }
    self = .range(range)
  }

  /// A range; nil for a text that is none.
  private static func range(_ text: String) throws(Failure) -> NumberRange? {
    let items = try TopLevel.split(text, at: ",")
    guard let item = items.first(where: { isRange(trimmed($0[...])) }) else { return nil }
    guard items.count == 1 else {
      throw .usage(
        "the range \(trimmed(item[...])) can't be part of a list",
        remedy: "write a list of values, or one range")
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { trimmed($0) }
    return try RangeText(parts[0], Array(parts.dropFirst())).range
  }

  /// Whether a value has two dots after something that isn't quoted; `../data` is the name of a file.
  private static func isRange(_ item: String) -> Bool {
    guard let first = item.first, !"\"'".contains(first) else { return false }
    if first == ".", item.dropFirst().first?.isNumber != true { return false }
    return item.firstRange(of: "..") != nil
  }
}

/// A range as it is written.
private struct RangeText {
  private let ends: String
  private var step: String?
  private var isLogarithmic = false

  init(_ ends: String, _ settings: [String]) throws(Failure) {
    self.ends = ends
    for setting in settings {
      if setting == "log" {
        isLogarithmic = true
      } else if setting.hasPrefix("step=") {
        step = String(setting.dropFirst(5))
      } else {
        throw .usage("':\(setting)' is no setting of a range", remedy: "use :log or :step=NUMBER")
      }
    }
  }

  var range: NumberRange {
    get throws(Failure) {
      if ends.contains("...") { throw .usage("\(ends) has too many dots", remedy: "write low..high") }
      let parts = separated
      let (low, high) = (try number(parts.low, "lower"), try number(parts.high, "upper"))
      guard low < high else {
        throw .usage("\(parts.low) is not below \(parts.high)", remedy: "write low..high")
      }
      if isLogarithmic, low <= 0 {
        throw .usage(
          "a logarithmic range begins above 0, not at \(parts.low)", remedy: "write a positive number")
      }
      if isLogarithmic, step != nil {
        throw .usage(":log and :step can't be combined", remedy: "omit one of them")
      }
      let distance = try step.map { text throws(Failure) in try self.step(text, low: low, high: high) }
      let isWhole = [parts.low, parts.high, step].compactMap { $0 }.allSatisfy(RangeText.isWhole)
      if isWhole, max(low.magnitude, high.magnitude) > RangeText.largestWhole {
        throw .usage("\(ends) goes beyond the whole numbers that can be drawn (2^53)")
      }
      return NumberRange(low: low, high: high, step: distance, isLogarithmic: isLogarithmic, isWhole: isWhole)
    }
  }

  private static let largestWhole = 0x1p53

  private static func isWhole(_ text: String) -> Bool {
    let digits = text.first.map { "+-".contains($0) } == true ? text.dropFirst() : text[...]
    return digits.allSatisfy { $0.isASCII && $0.isNumber }
  }

  private var separated: (low: String, high: String) {
    guard let dots = ends.firstRange(of: "..") else { return (ends, "") }
    return (trimmed(ends[..<dots.lowerBound]), trimmed(ends[dots.upperBound...]))
  }

  private func number(_ text: String, _ end: String) throws(Failure) -> Double {
    guard let value = Double(text), value.isFinite, value.magnitude <= 1e300 else {
      throw .usage(
        "the \(end) end of the range \(ends) is no number: '\(text)'",
        remedy: "write low..high, and put texts into quotes")
    }
    return value
  }

  private func step(_ text: String, low: Double, high: Double) throws(Failure) -> Double {
    guard let value = Double(text), value.isFinite, value > 0 else {
      throw .usage("the step '\(text)' is no positive number", remedy: "write :step=NUMBER")
    }
    guard value <= high - low, (high - low) / value < 1e9 else {
      throw .usage("the step \(text) doesn't fit into the range \(ends)")
    }
    return value
  }
}
