// The rows of a stream for which to predict: those of one part, or all.

import Failures
import Tensor
import TensorFile

/// A part of a stream that rnn-split made, or all of it.
public enum RowSelection: String, Sendable, CaseIterable {
  case train, validation, test, all

  /// The number of the part in the column `split`; nil for all.
  fileprivate var part: UInt8? {
    switch self {
    case .train: 0
    case .validation: 1
    case .test: 2
    case .all: nil
    }
  }
}

extension Chunk {
  /// The rows in `selection`; by default those of the test part, or all if the stream isn't split.
  /// - Throws: `Failure` (data) if a part is selected, but the stream isn't split.
  public func rows(in selection: RowSelection?) throws -> Chunk {
    guard let split = columns["split"]?.tensor?.values(as: UInt8.self) else {
      guard selection == nil || selection == .all else {
        throw Failure.data("there is no column split", remedy: "omit --split")
      }
      return self
    }
    guard let part = (selection ?? .test).part else { return self }
    return gather(split.indices.filter { split[$0] == part })
  }

  /// Whether each row is in `selection`, as `rows(in:)` has them.
  func selection(in selection: RowSelection?) -> [Bool] {
    guard let split = columns["split"]?.tensor?.values(as: UInt8.self), let part = (selection ?? .test).part
    else { return Array(repeating: true, count: rows) }
    return split.map { $0 == part }
  }
}
