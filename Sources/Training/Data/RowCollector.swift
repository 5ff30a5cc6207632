// Collecting the rows of a stream by part, column by column, while every number is checked.

import Failures
import Networks
import Tensor
import TensorFile

/// Collects the rows of chunks by part.
struct RowCollector {
  private(set) var rows = 0
  private(set) var largestTarget: Float = 0
  private(set) var largestTokens: [Int32]
  let inputs: [ValueShape]
  let binding: ColumnBinding
  private let targetWidths: [Int]
  /// The column with the weights of rows.
  let weights: String
  private let isWeighted: Bool
  private var parts: [Part]
  /// The numbers of training rows of series, in runs of rows with the same name.
  private(set) var seriesRows: [Int] = []
  private var series: [UInt8] = []
  private var precision: [String: SinglePrecisionCheck] = [:]

  /// The columns whose numbers can't be told apart in single precision.
  var blurredColumns: [String] { precision.filter { !$0.value.blurredColumns.isEmpty }.keys.sorted() }

  /// The rows of one part, column by column.
  private struct Part {
    var tokens: [[Int32]]
    var features: [[Float]]
    var targets: [[Float]]
    var weights: [Float] = []
    var factors: [Double] = []
    var rows = 0

    init(inputs: Int, targets: Int) {
      tokens = Array(repeating: [], count: inputs)
      features = Array(repeating: [], count: inputs)
      self.targets = Array(repeating: [], count: targets)
    }
  }

  init(_ schema: [String: ColumnSchema], _ topology: Topology, weights: String, _ remedy: String?) throws {
    binding = try ColumnBinding(
      topology, columns: Set(schema.keys).subtracting([weights]), needsTargets: true, remedy: remedy)
    inputs = try zip(binding.inputs, topology.inputs).enumerated().map { number, pair in
      guard let own = schema[pair.0] else { throw Failure.data("there is no column \(pair.0)") }
      return try ValueShape(
        own, column: pair.0, isVector: pair.1.isVector, isCharacters: topology.readsCharacters(input: number))
    }
    targetWidths = try binding.targets.map { try Self.targetWidth(schema[$0], $0) }
    self.weights = weights
    isWeighted = schema[weights] != nil
    if let weight = schema[weights], weight.isRagged || weight.rowShape.reduce(1, *) != 1 {
      throw CheckedColumns.invalidWeightShape(weights)
    }
    if let split = schema["split"], split.type != .u8 || !split.rowShape.isEmpty {
      throw Failure.data("has type \(split.type.rawValue)\(split.rowShape), not U8[]", at: "column split")
    }
    largestTokens = inputs.map { _ in 0 }
    let empty = Part(inputs: binding.inputs.count, targets: binding.targets.count)
    parts = [empty, empty]
  }

  private static func targetWidth(_ schema: ColumnSchema?, _ name: String) throws -> Int {
    guard let schema else { throw Failure.data("there is no column \(name)") }
    guard !schema.isRagged else {
      throw Failure.data(
        "the rows differ in length", at: "column \(name)", remedy: "pad them first: rnn-pad --length N")
    }
    let width = schema.rowShape.reduce(1, *)
    guard width > 0 else { throw Failure.data("the rows are empty", at: "column \(name)") }
    return width
  }

  mutating func add(_ chunk: Chunk) throws {
    let columns = CheckedColumns(
      chunk, firstRow: rows, remedy: "remove or fill such rows before training")
    let split = try columns.parts()
    for (number, name) in binding.targets.enumerated() {
      try checkPrecision(columns, name)
      try addTargets(try columns.numbers(name), number, split)
    }
    for (number, name) in binding.inputs.enumerated() { try addInput(columns, name, number, split) }
    addFactors(chunk, split)
    for (row, weight) in try columns.weights(weights).enumerated() {
      if let part = part(split, row) { parts[part].weights.append(weight) }
    }
    for row in 0..<chunk.rows { if let part = part(split, row) { parts[part].rows += 1 } }
    countSeries(chunk, split)
    rows += chunk.rows
  }

  /// Counts the training rows of each series; only windows of series have actual values beside their targets.
  private mutating func countSeries(_ chunk: Chunk, _ split: [UInt8]?) {
    guard chunk.columns["actual"] != nil, let ids = chunk.columns["id"]?.ragged,
      let bytes = ids.values.values(as: UInt8.self)
    else { return }
    let offsets = ids.offsets
    for row in 0..<chunk.rows where part(split, row) == 0 {
      let id = bytes[offsets[row]..<offsets[row + 1]]
      if seriesRows.isEmpty || !id.elementsEqual(series) {
        series = Array(id)
        seriesRows.append(0)
      }
      seriesRows[seriesRows.count - 1] += 1
    }
  }

  /// Collects what the targets of windows were multiplied by.
  private mutating func addFactors(_ chunk: Chunk, _ split: [UInt8]?) {
    guard chunk.columns["actual"] != nil, let factor = chunk.columns["factor"]?.tensor else { return }
    let (values, width) = (factor.doubles, factor.rowWidth)
    for row in 0..<chunk.rows {
      if let part = part(split, row) {
        parts[part].factors.append(contentsOf: values[row * width..<(row + 1) * width])
      }
    }
  }

  /// The factors of a part's rows; empty if all are scaled alike.
  func factors(part number: Int) -> [Double] { parts[number].factors }

  /// The part that row `row` of the chunk belongs to; nil for the test part, which training doesn't use.
  private func part(_ split: [UInt8]?, _ row: Int) -> Int? {
    guard let split else { return 0 }
    return split[row] < 2 ? Int(split[row]) : nil
  }

  private mutating func addInput(
    _ columns: CheckedColumns, _ name: String, _ number: Int, _ split: [UInt8]?
  ) throws {
    let tensor = try columns.tensor(name)
    let width = tensor.rowWidth
    if inputs[number].isTokens {
      let ids = try columns.tokens(name)
      largestTokens[number] = max(largestTokens[number], ids.max() ?? 0)
      for row in 0..<tensor.rows {
        guard let part = part(split, row) else { continue }
        parts[part].tokens[number].append(contentsOf: ids[row * width..<(row + 1) * width])
      }
    } else {
      try checkPrecision(columns, name)
      let values = try columns.numbers(name)
      for row in 0..<tensor.rows {
        guard let part = part(split, row) else { continue }
        parts[part].features[number].append(contentsOf: values[row * width..<(row + 1) * width])
      }
    }
  }

  /// Numbers that are not in single precision yet are compared from step to step, feature by feature.
  private mutating func checkPrecision(_ columns: CheckedColumns, _ name: String) throws {
    let tensor = try columns.tensor(name)
    guard tensor.type != .f32, tensor.type != .u8 else { return }
    let features = tensor.shape.count > 1 ? max(1, tensor.shape.last ?? 1) : 1
    var check = precision[name] ?? SinglePrecisionCheck(columns: features)
    for (index, value) in tensor.doubles.enumerated() { check.add(value, column: index % features) }
    precision[name] = check
  }

  private mutating func addTargets(_ values: [Float], _ number: Int, _ split: [UInt8]?) throws {
    let width = targetWidths[number]
    for row in 0..<values.count / width {
      guard let part = part(split, row) else { continue }
      let own = values[row * width..<(row + 1) * width]
      parts[part].targets[number].append(contentsOf: own)
      largestTarget = max(largestTarget, own.max() ?? 0)
    }
  }

  func dataSet(part number: Int) throws -> DataSet? {
    let part = parts[number]
    guard part.rows > 0 else { return nil }
    guard !isWeighted || part.weights.count == part.rows else {
      throw Failure.data("the column \(weights) is missing from a chunk")
    }
    return DataSet(
      rows: part.rows,
      inputs: inputs.enumerated().map {
        $1.isTokens ? .tokens(part.tokens[$0]) : .features(part.features[$0])
      },
      targets: zip(part.targets, targetWidths).map { DataSet.Targets($0, width: $1) },
      weights: part.weights)
  }
}
