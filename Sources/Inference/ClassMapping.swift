// Maps the class ids of a stream to those of the model: both may number the classes differently, but the names agree.

import Failures
import Sequences
import Tensor
import TensorFile

/// The model's id for each class id of a stream.
struct ClassMapping {
  private let ids: [Int32]
  /// The number of the model's classes, each of which has a column in `y`; nil if a row has one class.
  private let width: Int?
  /// Whether the stream's `y` has a column for each class too.
  private let readsColumns: Bool

  /// Nil if `y` is the same.
  /// - Throws: `Failure` (data) if the model doesn't have a class, or if only the stream's rows can have several.
  init?(from stream: ClassNames, to model: ClassNames) throws {
    guard model.allowsSeveral || !stream.allowsSeveral else {
      throw Failure.data(
        "its rows can have several classes, but the model's have one", remedy: "give each row one label")
    }
    ids = try stream.names.map { name in
      guard let id = model.id(of: name) else {
        let known = model.names.prefix(8).joined(separator: ", ") + (model.count > 8 ? ", ..." : "")
        throw Failure.data(
          "the model has no class \(name)", remedy: "its classes are \(known)")
      }
      return id
    }
    (width, readsColumns) = (model.allowsSeveral ? model.count : nil, stream.allowsSeveral)
    let isSameForm =
      model.allowsSeveral == stream.allowsSeveral && (width == nil || stream.count == model.count)
    if isSameForm, ids.enumerated().allSatisfy({ Int($0.element) == $0.offset }) { return nil }
  }

  /// The chunk with the model's ids, or a column for each of its classes, in `y`.
  func applied(to chunk: Chunk) throws -> Chunk {
    guard let y = chunk.columns["y"]?.tensor else { return chunk }
    var columns = chunk.columns
    columns["y"] = .dense(try width.map { try spread(y, $0) } ?? renumbered(y))
    return Chunk(columns, rows: chunk.rows)
  }

  private func renumbered(_ y: Tensor) throws -> Tensor {
    guard let labels = y.integers else { return y }
    guard y.type != .u8 || y.rowWidth == 1 else {
      throw Failure.data(
        "its classes are in another order than the model's",
        remedy: "give their order with rnn-tokenize --labels")
    }
    return Tensor(labels.map { ids.indices.contains($0) ? ids[$0] : Int32(clamping: $0) }, shape: y.shape)
  }

  /// Ones and zeros for the model's classes.
  private func spread(_ y: Tensor, _ width: Int) throws -> Tensor {
    guard let rows = y.shape.first, y.rowWidth == (readsColumns ? ids.count : 1) else {
      throw Failure.data("the labels don't match the stream's \(ids.count) classes", at: "column y")
    }
    let values = y.doubles
    var result = [Float](repeating: 0, count: rows * width)
    for index in values.indices {
      if readsColumns {
        result[index / ids.count * width + Int(ids[index % ids.count])] = Float(values[index])
      } else if let label = Int(exactly: values[index]), ids.indices.contains(label) {
        result[index * width + Int(ids[label])] = 1
      } else {
        throw Failure.data("the label \(values[index]) is not one of its classes", at: "column y")
      }
    }
    return Tensor(result, shape: [rows, width])
  }
}
