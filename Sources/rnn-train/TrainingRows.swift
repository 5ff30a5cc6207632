// A stream's rows in memory, as networks take them, with everything about them checked: columns, types,
// shapes, and every number.

import Failures
import Networks
import Tensor
import TensorFile
import Training

/// The rows of a stream by part, and the shapes a network must fit.
struct TrainingRows {
  /// The rows of part 0, of part 1, and how many belong to part 2, which training never reads.
  private(set) var training: DataSet
  private(set) var validation: DataSet?
  let input: InputShape
  /// The largest class number or value of y, for sizes that come from the data.
  let largestTarget: Float
  let largestToken: Int32

  /// Reads all of `reader`.
  init(_ reader: TensorReader) throws {
    var collector = try RowCollector(reader.schema)
    while let chunk = try reader.next() { try collector.add(chunk) }
    guard let rows = try collector.dataSet(part: 0) else {
      throw Failure.data(
        collector.rows == 0 ? "the stream has no rows" : "no row belongs to the training part (split 0)",
        remedy: "check the stage before it")
    }
    training = rows
    validation = try collector.dataSet(part: 1)
    input = collector.input
    largestTarget = collector.largestTarget
    largestToken = collector.largestToken
  }

  /// Turns windows into differences from their last step.
  mutating func makeRelative(_ windows: RelativeWindows) {
    training = windows.differences(training)
    validation = validation.map(windows.differences)
  }

  /// Gives the training rows weights by class; those for validation keep what they have, as in Keras.
  mutating func weigh(_ weights: ClassWeights, _ choice: ModelChoice) throws {
    training = try weights.weighing(training, loss: choice.loss, classes: choice.classes)
  }

  /// Sets aside the last `share` of the training rows for validation, as Keras does.
  mutating func setAside(_ share: Double) throws {
    let kept = Int((Double(training.rows) * (1 - share)).rounded(.down))
    guard kept > 0, kept < training.rows else {
      throw Failure.data(
        "\(training.rows) rows can't be parted by --validation-split \(share)", remedy: "use more rows")
    }
    validation = training.slice(kept..<training.rows)
    training = training.slice(0..<kept)
  }
}

/// Takes chunks and sorts their rows by part.
private struct RowCollector {
  private(set) var rows = 0
  private(set) var largestTarget: Float = 0
  private(set) var largestToken: Int32 = 0
  let input: InputShape
  private let targetWidth: Int
  private let isSplit: Bool
  private let isWeighted: Bool
  private var parts: [Part] = [Part(), Part()]

  private struct Part {
    var tokens: [Int32] = []
    var features: [Float] = []
    var targets: [Float] = []
    var weights: [Float] = []
    var rows = 0
  }

  init(_ schema: [String: ColumnSchema]) throws {
    input = try Self.inputShape(schema["x"])
    targetWidth = try Self.targetWidth(schema["y"])
    isSplit = schema["split"] != nil
    isWeighted = schema["weight"] != nil
    if let weight = schema["weight"], weight.isRagged || weight.rowShape.reduce(1, *) != 1 {
      throw Failure.data("has other than one number a row", at: "column weight")
    }
    if let split = schema["split"], split.type != .u8 || !split.rowShape.isEmpty {
      throw Failure.data("is \(split.type.rawValue)\(split.rowShape), not U8[]", at: "column split")
    }
  }

  private static func inputShape(_ schema: ColumnSchema?) throws -> InputShape {
    guard let schema else {
      throw Failure.data("there is no column x", remedy: "make one with rnn-pad or rnn-window")
    }
    guard !schema.isRagged else {
      throw Failure.data(
        "its rows differ in length", at: "column x", remedy: "pad them first: rnn-pad --length N")
    }
    let shape = schema.rowShape
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw Failure.data("its rows are empty (\(shape))", at: "column x")
    }
    switch (schema.type.isInteger, shape.count) {
    case (true, 1): return .tokens(steps: shape[0])
    case (false, 1): return .features(steps: shape[0], width: 1)
    case (_, 2): return .features(steps: shape[0], width: shape[1])
    default:
      throw Failure.data(
        "a row has \(shape.count) dimensions", at: "column x", remedy: "rows are [steps] or [steps, features]"
      )
    }
  }

  private static func targetWidth(_ schema: ColumnSchema?) throws -> Int {
    guard let schema else {
      throw Failure.data(
        "there is no column y: nothing to learn", remedy: "give labels or targets to an earlier stage")
    }
    guard !schema.isRagged else {
      throw Failure.data(
        "its rows differ in length", at: "column y", remedy: "pad them first: rnn-pad --length N")
    }
    let width = schema.rowShape.reduce(1, *)
    guard width > 0 else { throw Failure.data("its rows are empty", at: "column y") }
    return width
  }

  mutating func add(_ chunk: Chunk) throws {
    guard let x = chunk.columns["x"]?.tensor, let y = chunk.columns["y"]?.tensor else {
      throw Failure.data("a chunk lacks the columns x and y")
    }
    let split = isSplit ? chunk.columns["split"]?.tensor?.values(as: UInt8.self) : nil
    let targets = try finite(y, "y")
    if case .tokens = input {
      try addTokens(x, targets, split)
    } else {
      try addFeatures(try finite(x, "x"), x.rowWidth, targets, split)
    }
    if let weight = chunk.columns["weight"]?.tensor { try addWeights(weight, split) }
    rows += chunk.rows
  }

  private mutating func addWeights(_ weight: Tensor, _ split: [UInt8]?) throws {
    for (row, value) in try finite(weight, "weight").enumerated() {
      guard value >= 0 else {
        throw Failure.data("row \(rows + row) counts \(value)", at: "column weight", remedy: "0 or more")
      }
      if let part = try part(split, row) { parts[part].weights.append(value) }
    }
  }

  /// The part that row `row` of the chunk belongs to; nil for one that training doesn't read.
  private func part(_ split: [UInt8]?, _ row: Int) throws -> Int? {
    guard let split else { return 0 }
    guard split[row] <= 2 else {
      throw Failure.data(
        "row \(rows + row) is \(split[row])", at: "column split", remedy: "0 train, 1 validation, 2 test")
    }
    return split[row] < 2 ? Int(split[row]) : nil
  }

  private mutating func addTokens(_ x: Tensor, _ targets: [Float], _ split: [UInt8]?) throws {
    let ids = try tokenIDs(x)
    let width = x.rowWidth
    for row in 0..<x.rows {
      guard let part = try part(split, row) else { continue }
      parts[part].tokens.append(contentsOf: ids[row * width..<(row + 1) * width])
      addTarget(targets, row, to: part)
    }
  }

  private mutating func addFeatures(_ values: [Float], _ width: Int, _ targets: [Float], _ split: [UInt8]?)
    throws
  {
    for row in 0..<targets.count / targetWidth {
      guard let part = try part(split, row) else { continue }
      parts[part].features.append(contentsOf: values[row * width..<(row + 1) * width])
      addTarget(targets, row, to: part)
    }
  }

  private mutating func addTarget(_ targets: [Float], _ row: Int, to part: Int) {
    let own = targets[row * targetWidth..<(row + 1) * targetWidth]
    parts[part].targets.append(contentsOf: own)
    parts[part].rows += 1
    largestTarget = max(largestTarget, own.max() ?? 0)
  }

  private mutating func tokenIDs(_ x: Tensor) throws -> [Int32] {
    let values = x.integers ?? []
    var ids = [Int32](repeating: 0, count: values.count)
    for (place, value) in values.enumerated() {
      guard value >= 0, let id = Int32(exactly: value) else {
        throw Failure.data("row \(rows + place / x.rowWidth) has the token id \(value)", at: "column x")
      }
      ids[place] = id
      largestToken = max(largestToken, id)
    }
    return ids
  }

  /// The elements as floats; an error names the row of the first that is no finite number.
  private func finite(_ tensor: Tensor, _ name: String) throws -> [Float] {
    let values = tensor.floats
    guard let place = values.firstIndex(where: { !$0.isFinite }) else { return values }
    throw Failure.data(
      "row \(rows + place / max(1, tensor.rowWidth)) has \(values[place])", at: "column \(name)",
      remedy: "remove or fill such rows before training")
  }

  func dataSet(part number: Int) throws -> DataSet? {
    let part = parts[number]
    guard part.rows > 0 else { return nil }
    var data: DataSet.Input = .features(part.features)
    if case .tokens = input { data = .tokens(part.tokens) }
    guard !isWeighted || part.weights.count == part.rows else {
      throw Failure.data("a chunk lacks the column weight")
    }
    return DataSet(
      rows: part.rows, input: data, targets: part.targets, targetWidth: targetWidth, weights: part.weights)
  }
}
