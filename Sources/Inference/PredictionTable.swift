// A chunk of predictions as a table with a line for each row: targets, outputs, the predicted class, the text.

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
  ///   - threshold: the threshold of a single output for class 1, or of each where rows can have several classes.
  ///   - outputs: the names of the values of a prediction; by default those of the classes, if there is one for each.
  public init(_ chunk: Chunk, classes: ClassNames?, threshold: Float, outputs: [String]? = nil) throws {
    if let id = chunk.columns["id"]?.ragged { addText("id", id) }
    if let time = chunk.columns["time"]?.tensor { add("time", time, names: nil) }
    let names = chunk.columns.keys.sorted()
    for name in names where name == "y" || name.hasPrefix("y.") {
      if let y = chunk.columns[name]?.tensor { addTargets(name, y, classes) }
      if let text = chunk.columns[name]?.ragged, text.values.type == .u8 { addText(name, text) }
    }
    for name in names where name == "prediction" || name.hasPrefix("prediction.") {
      if let text = chunk.columns[name]?.ragged, text.values.type == .u8 { addText(name, text) }
      guard let prediction = chunk.columns[name]?.tensor else { continue }
      add(name, prediction, names: outputs ?? classes?.names)
    }
    if let prediction = chunk.columns["prediction"]?.tensor {
      addClass(prediction, classes, threshold)
      if chunk.columns["id"] != nil { addProbability(prediction, classes) }
    }
    if let text = chunk.columns["text"]?.ragged { addText("text", text) }
  }

  /// The cells of a row.
  public func cells(_ row: Int) -> [JSONValue] { columns.map { $0(row) } }

  /// Adds a column `name`, or one column per value of a row: `name.NAME` if there is a name for each, else `name_1`,
  /// `name_2`, ...
  private mutating func add(_ name: String, _ tensor: Tensor, names valueNames: [String]?) {
    let width = tensor.rowWidth
    for column in 0..<width {
      if width == 1 {
        names.append(name)
      } else if let valueNames, valueNames.count == width {
        names.append("\(name).\(valueNames[column])")
      } else {
        names.append("\(name)_\(column + 1)")
      }
      columns.append { tensor.jsonValue(at: $0 * width + column) }
    }
  }

  private mutating func addTargets(_ name: String, _ y: Tensor, _ classes: ClassNames?) {
    guard let classes, y.rowWidth == 1, let labels = y.integers else {
      return add(name, y, names: classes?.names)
    }
    names.append(name)
    columns.append { row in classes.name(labels[row]).map(JSONValue.string) ?? .integer(Int64(labels[row])) }
  }

  /// Adds the predicted class by name, or the list of all whose output is above the threshold where rows can have
  /// several, if the classes have names.
  private mutating func addClass(_ prediction: Tensor, _ classes: ClassNames?, _ threshold: Float) {
    guard let classes, prediction.shape.count == 2 else { return }
    let values = prediction.floats
    let width = prediction.rowWidth
    if classes.allowsSeveral, width == classes.count {
      names.append("classes")
      columns.append { row in
        .array((0..<width).filter { values[row * width + $0] > threshold }.map { .string(classes.names[$0]) })
      }
      return
    }
    names.append("class")
    columns.append { row in
      let predicted = predictedClass(values[row * width..<(row + 1) * width], threshold: threshold)
      return .string(classes.name(predicted) ?? "\(predicted)")
    }
  }

  /// Adds the probability of the predicted class.
  private mutating func addProbability(_ prediction: Tensor, _ classes: ClassNames?) {
    guard let classes, !classes.allowsSeveral, prediction.shape.count == 2 else { return }
    let (values, width) = (prediction.floats, prediction.rowWidth)
    names.append("probability")
    columns.append { row in
      let own = values[row * width..<(row + 1) * width]
      let largest = width == 1 ? max(own.first ?? 0, 1 - (own.first ?? 0)) : own.max() ?? 0
      return .number(Double("\(largest)") ?? Double(largest))
    }
  }

  private mutating func addText(_ name: String, _ text: Ragged) {
    let offsets = text.offsets
    let bytes = text.values.values(as: UInt8.self) ?? []
    names.append(name)
    columns.append { .string(String(decoding: bytes[offsets[$0]..<offsets[$0 + 1]], as: UTF8.self)) }
  }
}

extension Tensor {
  /// An element as JSON: the shortest number that reads back to the same element, `0` rather than `0.0`.
  func jsonValue(at index: Int) -> JSONValue {
    switch elements {
    case .u8(let values): .integer(Int64(values[index]))
    case .i32(let values): .integer(Int64(values[index]))
    case .i64(let values): .integer(values[index])
    case .f32(let values): JSONValue(shortest: Double("\(values[index])") ?? Double(values[index]))
    case .f64(let values): JSONValue(shortest: values[index])
    }
  }
}

extension JSONValue {
  /// The number, as an integer if it is one exactly.
  init(shortest value: Double) {
    self = Int64(exactly: value).flatMap { $0.magnitude < 1 << 53 ? .integer($0) : nil } ?? .number(value)
  }
}
