// Features of times that are known in advance: the hour, the weekday and so on of local clocks, as a sine and a cosine, so
// that the last is near the first, or one-hot.

import Calendar
import Failures
import Foundation

/// A feature of a time (`--calendar`).
public struct CalendarFeature: Sendable, Equatable {
  /// What is read off a calendar or clock.
  public enum Field: String, Sendable, CaseIterable {
    case minute, hour, weekday, day, dayofyear, week, month, quarter

    /// The number of values.
    var count: Int {
      switch self {
      case .minute: 60
      case .hour: 24
      case .weekday: 7
      case .day: 31
      case .dayofyear: 366
      case .week: 53
      case .month: 12
      case .quarter: 4
      }
    }
  }

  /// The field.
  public let field: Field
  /// Whether each value has a column of its own, which is 1 for that value.
  public let isOneHot: Bool

  /// The number of columns.
  var width: Int { isOneHot ? field.count : 2 }
  /// As it is written in options: `hour`, `weekday:onehot`.
  var text: String { field.rawValue + (isOneHot ? ":onehot" : "") }

  /// Reads `--calendar`: fields separated by commas, with `:onehot` behind those that are one-hot. Throws
  /// `Failure(.usage)` for anything else.
  public static func list(_ text: String) throws(Failure) -> [CalendarFeature] {
    var features: [CalendarFeature] = []
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = item.filter { $0 != " " }.split(separator: ":", omittingEmptySubsequences: false)
      guard let name = parts.first, let field = Field(rawValue: String(name)), parts.count < 3,
        parts.count == 1 || parts[1] == "onehot"
      else {
        throw Failure.usage(
          "\(item) is not a feature of a time", at: "--calendar",
          remedy: "use " + Field.allCases.map(\.rawValue).joined(separator: ", ")
            + ", each possibly with :onehot")
      }
      guard !features.contains(where: { $0.field == field }) else {
        throw Failure.usage("\(field.rawValue) is named twice", at: "--calendar", remedy: "name it once")
      }
      features.append(CalendarFeature(field: field, isOneHot: parts.count == 2))
    }
    return features
  }

  /// Appends the feature's columns for a time.
  func append(_ time: LocalTime, to values: inout [Float]) {
    let index = time.index(field)
    guard !isOneHot else {
      for column in 0..<field.count { values.append(column == index ? 1 : 0) }
      return
    }
    let angle = 2 * Double.pi * Double(index) / Double(field.count)
    values.append(Float(sin(angle)))
    values.append(Float(cos(angle)))
  }
}

/// A time on a local clock and calendar.
struct LocalTime {
  private let time: CalendarTime

  /// - Parameter seconds: what local clocks show, in seconds since 1970.
  init(_ seconds: Int64) { time = CalendarTime(unix: seconds) }

  /// The value of a field, from 0: Monday, January and the first day are 0.
  func index(_ field: CalendarFeature.Field) -> Int {
    let date = time.date
    return switch field {
    case .minute: time.secondOfDay / 60 % 60
    case .hour: time.secondOfDay / 3600
    case .weekday: date.weekday - 1
    case .day: date.day - 1
    case .dayofyear: date.dayOfYear - 1
    case .week: date.isoWeek - 1
    case .month: date.month - 1
    case .quarter: (date.month - 1) / 3
    }
  }
}

extension CalendarDate {
  /// The number of the day in its year, from 1.
  fileprivate var dayOfYear: Int {
    daysSince1970 - (CalendarDate(year: year, month: 1, day: 1)?.daysSince1970 ?? 0) + 1
  }

  /// The number of the week by ISO 8601, from 1: that of its Thursday.
  fileprivate var isoWeek: Int {
    (CalendarDate(daysSince1970: daysSince1970 - weekday + 4).dayOfYear - 1) / 7 + 1
  }
}
