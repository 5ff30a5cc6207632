// Rejects patterns that don't fix a time, such as one with minutes but without hours, and suggests what was meant.
// The usual mistake is `mm` for minutes or `MM` for months, since programs differ in which is which.

import Failures

/// Checks the fields of a pattern.
struct TimePatternCheck {
  private let text: String
  private let parts: [TimePart]
  private let spelling: TimeSpelling
  private let fields: [TimeField]

  init(_ text: String, _ parts: [TimePart], _ spelling: TimeSpelling) {
    (self.text, self.parts, self.spelling) = (text, parts, spelling)
    fields = parts.compactMap { if case .field(let field) = $0 { field } else { nil } }
  }

  func check() throws(Failure) {
    let meant = meantParts()
    guard let problem = problem() ?? (meant == parts ? nil : confusion) else { return }
    throw Failure.usage(
      "the time format \"\(text)\" \(problem)", at: "--time-format", remedy: remedy(meant))
  }

  private func has(_ unit: TimeField) -> Bool { fields.contains { $0.unit == unit } }

  /// What is wrong; nil if the fields fix a time.
  private func problem() -> String? {
    let units = fields.map(\.unit)
    if let twice = units.indices.first(where: { units.firstIndex(of: units[$0]) != $0 }) {
      return "has \(units[twice].name) twice"
    }
    if has(.unix) { return fields.count > 1 ? "has other fields beside Unix seconds" : nil }
    guard has(.year) || has(.isoYear) else { return "has no year" }
    for (field, needed) in Self.needs where fields.contains(field) && !needed.contains(where: has) {
      return "has \(field.name) without \(needed[0].name)"
    }
    if fields.contains(.hour12) && !has(.halfDay) { return "has an hour of the 12-hour clock without AM/PM" }
    if fields.contains(.hour) && has(.halfDay) { return "has AM/PM beside an hour of the 24-hour clock" }
    return conflict()
  }

  private static let needs: [(TimeField, [TimeField])] = [
    (.fraction, [.second]), (.second, [.minute]), (.minute, [.hour]), (.halfDay, [.hour]),
    (.hour, [.day, .dayOfYear, .isoWeekday]), (.hour12, [.day, .dayOfYear, .isoWeekday]), (.day, [.month]),
    (.isoYear, [.isoWeek]), (.isoWeek, [.isoYear]), (.isoWeekday, [.isoWeek]),
  ]

  /// Fields that have the same meaning.
  private func conflict() -> String? {
    let groups = [[TimeField.month, .day], [.dayOfYear], [.quarter], [.isoWeek]].filter {
      $0.contains(where: has)
    }
    if groups.count > 1 { return "has both \(groups[0][0].name) and \(groups[1][0].name)" }
    return has(.year) && has(.isoYear) ? "has both the year and the ISO year" : nil
  }

  // MARK: - What was meant

  private var confusion: String {
    let (month, minute) = (spelling.text(.month), spelling.text(.minute))
    return "has months and minutes confused: \(month) is the month, \(minute) the minute"
  }

  /// The pattern with minutes right after hours, months elsewhere, and hours that fit AM/PM.
  private func meantParts() -> [TimePart] {
    var previous: TimeField?
    return parts.map { part in
      guard case .field(let field) = part else { return part }
      defer { if field != .halfDay { previous = field.unit } }
      switch field {
      case .month, .minute: return .field(previous == .hour ? .minute : .month)
      case .hour, .hour12: return .field(has(.halfDay) ? .hour12 : .hour)
      default: return part
      }
    }
  }

  private func remedy(_ meant: [TimePart]) -> String {
    let better = Self.text(meant, spelling)
    if meant != parts, TimePatternCheck(better, meant, spelling).problem() == nil {
      return "did you mean \"\(better)\"?"
    }
    return "use iso, year, unix, unix-ms, or a pattern such as \"dd.mm.yyyy HH:MM:SS\" or \"%d.%m.%Y\""
  }

  /// The text of a pattern of `parts`.
  static func text(_ parts: [TimePart], _ spelling: TimeSpelling) -> String {
    var bytes: [UInt8] = []
    for part in parts {
      switch part {
      case .literal(let byte): bytes.append(byte)
      case .field(let field): bytes += Array(spelling.text(field).utf8)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
