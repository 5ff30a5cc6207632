// Labels of a stream as the model's: both number their classes, perhaps in another order, and agree on names.

import Failures
import Sequences
import Tensor
import TensorFile

/// The model's id for each class id of a stream.
struct ClassMapping {
  private let ids: [Int32]

  /// Nil if the ids are the same.
  /// - Throws: `Failure` (data) if the model doesn't have a class.
  init?(from stream: ClassNames, to model: ClassNames) throws {
    ids = try stream.names.map { name in
      guard let id = model.id(of: name) else {
        let known = model.names.prefix(8).joined(separator: ", ") + (model.count > 8 ? ", ..." : "")
        throw Failure.data(
          "the model has no class \(name)", remedy: "its classes are \(known)")
      }
      return id
    }
    if ids.enumerated().allSatisfy({ Int($0.element) == $0.offset }) { return nil }
  }

  /// The chunk with the model's ids in `y`.
  func applied(to chunk: Chunk) throws -> Chunk {
    guard let y = chunk.columns["y"]?.tensor, let labels = y.integers else { return chunk }
    guard y.type != .u8 || y.rowWidth == 1 else {
      throw Failure.data(
        "its classes are in another order than the model's",
        remedy: "give their order with rnn-tokenize --labels")
    }
    let mapped = labels.map { ids.indices.contains($0) ? ids[$0] : Int32(clamping: $0) }
    var columns = chunk.columns
    columns["y"] = .dense(Tensor(mapped, shape: y.shape))
    return Chunk(columns, rows: chunk.rows)
  }
}
