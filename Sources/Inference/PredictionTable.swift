// A chunk of predictions as a table: the names of the columns and the cells of each row.

import Failures
import JSON
import Sequences
import Tensor
import TensorFile

/// A table with named columns.
public struct PredictionTable {
  /// The names of the columns.
  public private(set) var names: [String] = []
  private var columns: [(Int) -> JSONValue] = []

  /// The table of a chunk with predictions.
  ///
  /// - Parameters:
  ///   - classes: the names of the classes, if they have any.
  ///   - threshold: the threshold of a single output for class 1.
  public init(_ chunk: Chunk, classes: ClassNames?, threshold: Float) throws {
    if let time = chunk.columns["time"]?.tensor { add("time", time) { .integer(Int64($0)) } }
    let names = chunk.columns.keys.sorted()
    for name in names where name == "y" || name.hasPrefix("y.") {
      if let y = chunk.columns[name]?.tensor { addTargets(name, y, classes) }
    }
    for name in names where name == "prediction" || name.hasPrefix("prediction.") {
      if let prediction = chunk.columns[name]?.tensor { add(name, prediction) { .number($0) } }
    }
    if let prediction = chunk.columns["prediction"]?.tensor { addClass(prediction, classes, threshold) }
    if let text = chunk.columns["text"]?.ragged { addText(text) }
  }

  /// The cells of a row.
  public func cells(_ row: Int) -> [JSONValue] { columns.map { $0(row) } }

  /// Adds a column `name`, or one column per value of a row: `name_1`, `name_2`, ...
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

  /// Adds the predicted class by name, if the classes have names.
  private mutating func addClass(_ prediction: Tensor, _ classes: ClassNames?, _ threshold: Float) {
    guard let classes, prediction.shape.count == 2 else { return }
    let values = prediction.floats
    let width = prediction.rowWidth
    names.append("class")
    columns.append { row in
      let predicted = predictedClass(values[row * width..<(row + 1) * width], threshold: threshold)
      return .string(classes.name(predicted) ?? "\(predicted)")
    }
  }

  private mutating func addText(_ text: Ragged) {
    let offsets = text.offsets
    let bytes = text.values.values(as: UInt8.self) ?? []
    names.append("text")
    columns.append { .string(String(decoding: bytes[offsets[$0]..<offsets[$0 + 1]], as: UTF8.self)) }
  }
}
