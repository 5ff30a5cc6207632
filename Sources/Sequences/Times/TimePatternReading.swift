// Reads a time that is written in a pattern.

import Calendar

/// The fields of a time, as far as they are read.
private struct TimeFields {
  var numbers: [TimeField: Int] = [:]
  var afternoon: Bool?
  var offset: Int?
  var hasFraction = false
}

extension TimePattern {
  /// The time in `scanner`; nil if it doesn't follow the pattern, or if there is no such time.
  func read(_ scanner: inout TimeScanner) -> WrittenTime? {
    var fields = TimeFields()
    for index in parts.indices {
      switch parts[index] {
      case .literal(0x20): guard scanner.takeBlanks() else { return nil }
      case .literal(let byte): guard scanner.take(byte) else { return nil }
      case .field(let field): guard read(field, at: index, &scanner, into: &fields) else { return nil }
      }
    }
    return scanner.isAtEnd ? fields.time : nil
  }

  private func read(
    _ field: TimeField, at index: Int, _ scanner: inout TimeScanner, into fields: inout TimeFields
  )
    -> Bool
  {
    switch field {
    case .monthName: return store(scanner.monthName(), as: .month, in: &fields)
    case .weekday: return scanner.takeWeekday()
    case .halfDay:
      fields.afternoon = scanner.afternoon()
      return fields.afternoon != nil
    case .offset:
      fields.offset = scanner.offset()
      return fields.offset != nil
    case .zoneName:
      fields.offset = zoneAbbreviations[scanner.letters()]
      return fields.offset != nil
    case .fraction:
      guard let fraction = scanner.fraction() else { return false }
      fields.hasFraction = fraction
      return true
    case .quarter:
      _ = scanner.take(anyOf: "Qq")
      return store(scanner.number(1...1), as: field, in: &fields)
    case .second:
      guard store(number(field, at: index, &scanner), as: field, in: &fields) else { return false }
      return takesFraction(after: index, &scanner, into: &fields)
    default: return store(number(field, at: index, &scanner), as: field, in: &fields)
    }
  }

  private func store(_ number: Int?, as field: TimeField, in fields: inout TimeFields) -> Bool {
    guard let number else { return false }
    fields.numbers[field.unit] = number
    return true
  }

  private func number(_ field: TimeField, at index: Int, _ scanner: inout TimeScanner) -> Int? {
    switch field {
    case .year, .isoYear: return scanner.number(4...4)
    case .shortYear: return scanner.number(2...2).map { $0 + ($0 < 69 ? 2000 : 1900) }
    case .dayOfYear: return scanner.number(isFixed[index] ? 3...3 : 1...3)
    case .isoWeekday: return scanner.number(1...1)
    case .unix: return scanner.number(1...18)
    default:
      // A blank in front is how some programs pad.
      _ = !isFixed[index] && scanner.takeBlanks()
      return scanner.number(isFixed[index] ? 2...2 : 1...2)
    }
  }

  /// A fraction may follow the seconds unless the pattern specifies what comes next.
  private func takesFraction(after index: Int, _ scanner: inout TimeScanner, into fields: inout TimeFields)
    -> Bool
  {
    let next: TimePart? = index + 1 < parts.count ? parts[index + 1] : nil
    if [.literal(UInt8(ascii: ".")), .literal(UInt8(ascii: ",")), .field(.fraction)].contains(next) {
      return true
    }
    guard let fraction = scanner.optionalFraction() else { return false }
    fields.hasFraction = fraction
    return true
  }
}

extension TimeFields {
  /// The time given by the fields; nil if it doesn't exist.
  var time: WrittenTime? {
    if let unix = numbers[.unix] { return WrittenTime(unix: Int64(unix)) }
    guard let date else { return nil }
    guard var hour = numbers[.hour] else { return WrittenTime(date, offset: offset) }
    if let afternoon {
      guard let full = hourOf24(hour, afternoon: afternoon) else { return nil }
      hour = full
    }
    guard let second = secondOfDay(hour, numbers[.minute] ?? 0, numbers[.second] ?? 0) else { return nil }
    return WrittenTime(date, second: second, offset: offset, hasFraction: hasFraction)
  }

  private var date: CalendarDate? {
    if let year = numbers[.isoYear], let week = numbers[.isoWeek] {
      return CalendarDate(isoYear: year, week: week, day: numbers[.isoWeekday] ?? 1)
    }
    guard let year = numbers[.year] else { return nil }
    if let day = numbers[.dayOfYear] { return CalendarDate(year: year, dayOfYear: day) }
    if let quarter = numbers[.quarter] { return CalendarDate(year: year, quarter: quarter) }
    return CalendarDate(year: year, month: numbers[.month] ?? 1, day: numbers[.day] ?? 1)
  }
}
