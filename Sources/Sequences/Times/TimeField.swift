// The fields of time patterns, and how they are spelled: as strftime does (`%Y`), or in words (`yyyy`).

/// A field of a time pattern.
enum TimeField: Hashable {
  case year, shortYear, month, monthName, day, dayOfYear, weekday
  case quarter, isoYear, isoWeek, isoWeekday
  case hour, hour12, halfDay, minute, second, fraction, offset, zoneName, unix

  /// The field that represents all those of the same meaning, to detect duplicates.
  var unit: TimeField {
    switch self {
    case .shortYear: .year
    case .monthName: .month
    case .hour12: .hour
    case .zoneName: .offset
    default: self
    }
  }

  /// Whether it is written in digits alone.
  var isNumeric: Bool {
    switch self {
    case .monthName, .weekday, .halfDay, .offset, .zoneName: false
    default: true
    }
  }

  var name: String {
    switch self {
    case .year, .shortYear: "the year"
    case .month, .monthName: "the month"
    case .day: "the day"
    case .dayOfYear: "the day of the year"
    case .weekday: "the weekday"
    case .quarter: "the quarter"
    case .isoYear: "the ISO year"
    case .isoWeek: "the ISO week"
    case .isoWeekday: "the ISO weekday"
    case .hour, .hour12: "the hour"
    case .halfDay: "AM/PM"
    case .minute: "the minute"
    case .second: "the second"
    case .fraction: "the fraction"
    case .offset, .zoneName: "the offset"
    case .unix: "Unix seconds"
    }
  }
}

/// A part of a pattern.
enum TimePart: Equatable {
  case literal(UInt8)
  case field(TimeField)
}

/// A way to spell fields.
enum TimeSpelling: Equatable {
  case directives, words

  /// All spellings, the usual one of each field first.
  var table: [(String, TimeField)] { self == .directives ? Self.directiveTable : Self.wordTable }

  /// The usual spelling of a field.
  func text(_ field: TimeField) -> String { table.first { $0.1 == field }?.0 ?? "" }

  /// The spellings that messages list.
  var known: String {
    switch self {
    case .directives: Self.directiveTable.map(\.0).joined(separator: " ") + " %F %T %R %D %%"
    case .words: "yyyy yy mm dd HH MM SS f, hh with AM/PM, mon, ddd, DDD, q, GGGG-Www, Z"
    }
  }

  private static let directiveTable: [(String, TimeField)] = [
    ("%Y", .year), ("%y", .shortYear), ("%m", .month), ("%b", .monthName), ("%B", .monthName),
    ("%h", .monthName), ("%d", .day), ("%e", .day), ("%j", .dayOfYear), ("%a", .weekday), ("%A", .weekday),
    ("%q", .quarter), ("%G", .isoYear), ("%V", .isoWeek), ("%u", .isoWeekday), ("%H", .hour), ("%I", .hour12),
    ("%p", .halfDay), ("%M", .minute), ("%S", .second), ("%f", .fraction), ("%z", .offset),
    ("%Z", .zoneName), ("%s", .unix),
  ]

  private static let wordTable: [(String, TimeField)] = [
    ("yyyy", .year), ("YYYY", .year), ("yy", .shortYear), ("YY", .shortYear), ("mm", .month),
    ("m", .month), ("mon", .monthName), ("Mon", .monthName), ("month", .monthName), ("Month", .monthName),
    ("mmmm", .monthName), ("mmm", .monthName), ("MMMM", .monthName), ("MMM", .monthName), ("dd", .day),
    ("DD", .day), ("d", .day), ("DDD", .dayOfYear), ("dddd", .weekday), ("ddd", .weekday),
    ("EEEE", .weekday), ("EEE", .weekday), ("q", .quarter), ("Q", .quarter), ("GGGG", .isoYear),
    ("ww", .isoWeek), ("HH", .hour), ("H", .hour), ("hh", .hour12), ("h", .hour12), ("AM/PM", .halfDay),
    ("am/pm", .halfDay), ("AM", .halfDay), ("PM", .halfDay), ("am", .halfDay), ("pm", .halfDay),
    ("tt", .halfDay), ("a", .halfDay), ("MM", .minute), ("M", .minute), ("SS", .second), ("ss", .second),
    ("S", .second), ("s", .second), ("f", .fraction), ("Z", .offset), ("zzz", .offset), ("XXX", .offset),
  ]
}
