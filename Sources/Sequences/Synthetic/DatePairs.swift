// Dates in many spellings, languages and orders, and what they are in ISO 8601: "3 May 1998", "3. Mai 1998" or
// "5/3/98" become "1998-05-03". Every source has one meaning: numbers alone have an order that their separators tell.

import Calendar
import RandomNumbers

/// Dates from 1900 to 2099. No source occurs twice, not even with other capital letters.
public struct DatePairs: SyntheticPairs {
  /// The largest number of rows.
  public static let capacity = 1_000_000
  private static let firstDay = -25_567
  private static let days = 73_049

  /// The total number of pairs.
  public let rows: Int
  private var random: RandomStream
  /// The sources that have occurred, in lower case.
  public var seen: Set<String> = []

  /// `rows` dates.
  public init(rows: Int, seed: UInt64) {
    self.rows = rows
    random = RandomStream(seed: seed, stream: SyntheticStream.dates.rawValue)
  }

  /// A date in one of the spellings.
  public mutating func draw() -> TextPair {
    let date = CalendarDate(daysSince1970: Self.firstDay + random.index(below: Self.days))
    let language = DateLanguage.all[random.index(below: DateLanguage.all.count)]
    let pattern = language.patterns[random.index(below: language.patterns.count)]
    let source = DateSpelling(date, language, &random).text(pattern)
    let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
    return TextPair(source, "\(date.year)-\(two(date.month))-\(two(date.day))", key: source.lowercased())
  }
}

/// Writes a date by a pattern, in which a letter after a percent sign stands for a part.
private struct DateSpelling {
  private let date: CalendarDate
  private let language: DateLanguage
  private let capitals: Int

  init(_ date: CalendarDate, _ language: DateLanguage, _ random: inout RandomStream) {
    (self.date, self.language) = (date, language)
    capitals = random.index(below: 8)
  }

  /// The date by `pattern`: one in eight all in lower case, one in eight in capitals.
  func text(_ pattern: String) -> String {
    let pieces = pattern.split(separator: "%", omittingEmptySubsequences: false)
    let text = pieces.dropFirst().reduce(String(pieces[0])) { $0 + part($1) }
    return capitals == 0 ? text.lowercased() : capitals == 1 ? text.uppercased() : text
  }

  /// The part that the first letter stands for, and what follows it.
  private func part(_ piece: Substring) -> String { part(piece.first ?? " ") + piece.dropFirst() }

  private func part(_ letter: Character) -> String {
    switch letter {
    case "d": "\(date.day)"
    case "D": date.day < 10 ? "0\(date.day)" : "\(date.day)"
    case "o": language.ordinal(date.day)
    case "w": DateLanguage.englishOrdinals[date.day - 1]
    case "m": "\(date.month)"
    case "M": date.month < 10 ? "0\(date.month)" : "\(date.month)"
    case "b": language.shortMonths[date.month - 1]
    case "B": language.months[date.month - 1]
    case "R": DateLanguage.romanMonths[date.month - 1]
    case "A": language.weekdays[weekday]
    case "Y": "\(date.year)"
    case "y": shortYear
    default: String(letter)
    }
  }

  /// Monday is 0.
  private var weekday: Int { ((date.daysSince1970 + 3) % 7 + 7) % 7 }

  /// Two digits of the years that POSIX understands by them, 1969 to 2068; else the whole year.
  private var shortYear: String {
    guard (1969...2068).contains(date.year) else { return "\(date.year)" }
    let year = date.year % 100
    return year < 10 ? "0\(year)" : "\(year)"
  }
}
