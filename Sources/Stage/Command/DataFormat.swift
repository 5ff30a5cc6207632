// The formats of stages that make data: a stream, or the text that other programs read.

import ArgumentParser

/// What a stage that makes data writes.
public enum DataFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// A tensor stream.
  case stream
  /// Lines of text.
  case lines
  /// A table with commas.
  case csv

  /// The format that the name of an output promises; nil for any other name.
  public init?(promisedBy path: String?) {
    switch OutputContent(promisedBy: path) {
    case .csv: self = .csv
    case .lines: self = .lines
    default: return nil
    }
  }

  /// What an output in this format holds.
  public var content: OutputContent {
    switch self {
    case .stream: .stream
    case .csv: .csv
    case .lines: .lines
    }
  }
}
