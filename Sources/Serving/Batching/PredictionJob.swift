// Rows that wait for the network, and who waits for their predictions.

import Inference
import Networks
import TensorFile

/// Rows of one request.
package struct PredictionJob: Sendable {
  package let chunk: Chunk
  /// What rows of a batch have in common.
  let shape: String
  let arrival: ContinuousClock.Instant
  package let continuation: CheckedContinuation<Prediction, any Error>

  init(_ chunk: Chunk, _ continuation: CheckedContinuation<Prediction, any Error>) {
    (self.chunk, self.continuation) = (chunk, continuation)
    shape = chunk.rowShapes
    arrival = .now
  }
}

extension Chunk {
  /// The names, types and shapes of the columns' rows: chunks can be joined if it is the same.
  var rowShapes: String {
    columns.keys.sorted().map { name in
      let schema = columns[name]?.schema
      return
        "\(name):\(schema?.type.rawValue ?? "")\(schema?.isRagged == true ? "*" : "")\(schema?.rowShape ?? [])"
    }.joined(separator: ";")
  }
}

/// Why a request is not answered, although nothing is wrong with it.
public struct ServiceUnavailable: Error {
  /// The reason, in one line.
  public let reason: String
}
