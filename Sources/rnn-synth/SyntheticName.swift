// The kinds of synthetic data, with what differs between them.

import ArgumentParser
import Sequences
import Stage

/// The kinds of data.
enum SyntheticName: String, ExpressibleByArgument, CaseIterable {
  case sine, anomalies, sequenceMean = "sequence-mean", adding, recall, text, gestures, tones, sentences,
    addition, dates, captions, sales

  /// Whether the rows are those of one series.
  var isSeries: Bool { self == .sine || self == .anomalies }

  /// The columns of a series; nil for other data.
  var schema: SeriesSchema? {
    switch self {
    case .sine: SeriesSchema(columns: ["value"])
    case .anomalies: AnomalousSeries.schema
    default: nil
    }
  }

  /// How they can be written; the first format is the usual one.
  var formats: [DataFormat] {
    switch self {
    case .sine, .anomalies, .gestures: [.stream, .csv]
    case .text: [.stream, .csv, .lines]
    case .sentences: [.lines]
    case .sales: [.csv]
    case .addition, .dates: [.stream, .lines]
    case .sequenceMean, .adding, .recall, .tones, .captions: [.stream]
    }
  }

  /// The format unless told otherwise.
  var usualFormat: DataFormat { formats[0] }

  /// Whether rows are pairs of texts.
  var isPairs: Bool { self == .addition || self == .dates }

  /// The largest number of rows; nil for any number.
  func capacity(digits: Int) -> Int? {
    switch self {
    case .addition: AdditionPairs.capacity(digits: digits)
    case .dates: DatePairs.capacity
    default: nil
    }
  }

  /// The number of rows unless told otherwise.
  var usualRows: Int {
    switch self {
    case .text, .sentences: 1000
    case .addition: 50_000
    case .captions: 10_000
    case .sales: 100
    default: 5000
    }
  }
}
