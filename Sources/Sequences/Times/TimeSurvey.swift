// Finds the format of a file's times from the whole column if its first row leaves several open.

import Failures

/// Keeps the formats that fit all rows so far.
struct TimeSurvey {
  private struct Reading {
    let format: TimeFormat
    var times = RegularTimes()
  }

  private var alive: [Reading]
  private let column: String
  /// Whether a format is certain only if every row fits, since the column was not named by the user.
  let mustFit: Bool
  private var failed = false
  /// Whether all formats read the same time in each row.
  private var agree = true

  init(_ formats: [TimeFormat], column: String, mustFit: Bool) {
    alive = formats.map { Reading(format: $0) }
    (self.column, self.mustFit) = (column, mustFit)
  }

  /// Whether no further row can change the outcome.
  var isSettled: Bool { failed || (!mustFit && alive.count <= 1) }

  /// The next time may be before the last, since it begins another series.
  mutating func beginSeries() { for index in alive.indices { alive[index].times.beginSeries() } }

  /// Adds the time of the next row.
  mutating func add(_ text: ArraySlice<UInt8>) {
    let next = alive.compactMap { reading -> Reading? in
      guard let time = reading.format.read(text)?.seconds else { return nil }
      var reading = reading
      reading.times.add(time)
      return reading
    }
    // A row that fits no format is an error in the file, which its reader reports.
    if next.isEmpty { failed = true } else { alive = next }
    agree = agree && Set(alive.map { $0.format.read(text)?.seconds }).count == 1
  }

  /// The formats that are left, for a column that must fit: nil unless all rows are times that rise, and either the
  /// column's name says so or they are regular.
  func fittingFormat() -> TimeFormat? {
    guard !failed, let reading = alive.first, reading.times.rise else { return nil }
    return isTimeName(column) || (reading.times.areRegular && reading.times.count > 2) ? reading.format : nil
  }

  /// The format, what to say about the choice, and whether other files are in this format for certain. Throws
  /// `Failure(.data)` if the column doesn't decide between formats that give different times.
  func format() throws(Failure) -> (format: TimeFormat, note: String?, isCertain: Bool) {
    let regular = alive.filter(\.times.areRegular)
    let rising = alive.filter(\.times.rise)
    if alive.count == 1 || failed { return (alive[0].format, nil, true) }
    for choice in [regular, rising] where choice.count == 1 {
      let text = choice[0].format.text
      let note = "column \(column): times are read as \(text), since only that order gives regular times"
      return (choice[0].format, note, true)
    }
    let texts = alive.map { "\"\($0.format.text)\"" }
    if agree, alive[0].times.count > 1 {
      let note = "column \(column): the formats \(texts.joined(separator: " and ")) give the same times"
      return (alive[0].format, note, false)
    }
    throw Failure.data(
      "column \(column): the times are ambiguous: they fit \(texts.joined(separator: " and "))",
      remedy: "set --time-format \(texts[0]) or --time-format \(texts[1])")
  }
}

/// Whether a column's name says that it holds times.
func isTimeName(_ name: String) -> Bool {
  let words = name.lowercased().split { !$0.isLetter }.map(String.init)
  return words.contains { timeWords.contains($0) || $0.hasSuffix("time") || $0.hasSuffix("date") }
}

private let timeWords: Set = [
  "date", "time", "datetime", "timestamp", "timestamps", "ts", "ds", "dt", "day", "week", "month", "quarter",
  "year", "yr",
  "period", "unix", "epoch", "datum", "zeit", "uhrzeit", "jahr", "monat", "fecha", "hora",
]
