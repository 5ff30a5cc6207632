// A chunk of predictions as a table: what each column is called and the cells of a row.

import Failures
import JSON
import Sequences
import Tensor
import TensorFile

/// Named columns of cells.
public struct PredictionTable {
  /// The columns' names.
  public private(set) var names: [String] = []
  private var columns: [(Int) -> JSONValue] = []

  /// The columns of a chunk that has predictions.
  ///
  /// - Parameter classes: the classes' names, where they have any.
  public init(_ chunk: Chunk, classes: ClassNames?) throws {
    if let time = chunk.columns["time"]?.tensor { add("time", time) { .integer(Int64($0)) } }
    let names = chunk.columns.keys.sorted()
    for name in names where name == "y" || name.hasPrefix("y.") {
      if let y = chunk.columns[name]?.tensor { addTargets(name, y, classes) }
    }
    for name in names where name == "prediction" || name.hasPrefix("prediction.") {
      if let prediction = chunk.columns[name]?.tensor { add(name, prediction) { .number($0) } }
    }
    if let prediction = chunk.columns["prediction"]?.tensor { addClass(prediction, classes) }
    if let text = chunk.columns["text"]?.ragged { addText(text) }
  }

  /// The cells of a row.
  public func cells(_ row: Int) -> [JSONValue] { columns.map { $0(row) } }

  /// One column, or one a number of the row: `name`, or `name_1`, `name_2`, ...
  private mutating func add(_ name: String, _ tensor: Tensor, _ cell: @escaping (Double) -> JSONValue) {
    let values = tensor.doubles
    let width = tensor.rowWidth
    for column in 0..<width {
      names.append(width == 1 ? name : "\(name)_\(column + 1)")
      columns.append { cell(values[$0 * width + column]) }
    }
  }

  private mutating func addTargets(_ name: String, _ y: Tensor, _ classes: ClassNames?) {
    guard let classes, y.rowWidth == 1, let labels = y.integers else {
      return add(name, y) { y.type.isInteger ? .integer(Int64($0)) : .number($0) }
    }
    names.append(name)
    columns.append { row in classes.name(labels[row]).map(JSONValue.string) ?? .integer(Int64(labels[row])) }
  }

  /// The class that a row's probabilities stand for, by name where classes have names.
  private mutating func addClass(_ prediction: Tensor, _ classes: ClassNames?) {
    guard let classes, prediction.shape.count == 2 else { return }
    let values = prediction.floats
    let width = prediction.rowWidth
    names.append("class")
    columns.append { row in
      let own = values[row * width..<(row + 1) * width]
      let best =
        width == 1
        ? (own.first ?? 0 > 0.5 ? 1 : 0) : (own.indices.max { own[$0] < own[$1] } ?? 0) - own.startIndex
      return .string(classes.name(best) ?? "\(best)")
    }
  }

  private mutating func addText(_ text: Ragged) {
    let offsets = text.offsets
    let bytes = text.values.values(as: UInt8.self) ?? []
    names.append("text")
    columns.append { .string(String(decoding: bytes[offsets[$0]..<offsets[$0 + 1]], as: UTF8.self)) }
  }
}
