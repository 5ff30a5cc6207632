// The state of a backtest that trains a model for each origin, in a file: the results so far, the number of origins
// done, and the settings and data that must be the same for the rest to fit them.

import Failures
import JSON
import TensorFile

/// A checkpoint: a stream of results with the state in its metadata.
public struct BacktestCheckpoint {
  private static let key = "rnn.backtest.checkpoint"
  /// What must be the same when the backtest is resumed, by name.
  public let settings: [String: String]

  /// - Parameter settings: the options that determine the result, and the data's hash.
  public init(settings: [String: String]) { self.settings = settings }

  /// The header of a checkpoint.
  /// - Parameters:
  ///   - results: the header of the results.
  ///   - done: the number of origins done.
  public func header(_ results: StreamHeader, done: Int) -> StreamHeader {
    var header = results
    header.metadata[Self.key] =
      JSONValue.object([
        "done": .integer(Int64(done)), "settings": .object(settings.mapValues(JSONValue.string)),
      ]).text
    return header
  }

  /// The number of origins done.
  /// - Throws: `Failure` (usage) that names a setting that differs, (data) if it is not such a checkpoint.
  public func done(in header: StreamHeader) throws -> Int {
    guard let text = header.metadata[Self.key], let done = try JSONValue(parsing: text)["done"]?.int,
      done >= 0
    else {
      throw Failure.data(
        "is not a checkpoint of a backtest with --refit", remedy: "give the file that --checkpoint wrote")
    }
    let saved = try JSONValue(parsing: text)["settings"]?.object?.compactMapValues(\.string) ?? [:]
    for name in Set(saved.keys).union(settings.keys).sorted() where saved[name] != settings[name] {
      throw Failure.usage(
        "the checkpoint was made with \(name) \(saved[name] ?? "unset"), not \(settings[name] ?? "unset")",
        remedy: "resume with the same options and data")
    }
    return done
  }
}
