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
  private var parts: [PartRows]
  /// The size of the rows that may stay in memory.
  private let memory: Int
  /// The numbers of training rows of series, in runs of rows with the same name.
  private(set) var seriesRows: [Int] = []
  private var series: [UInt8] = []
  private var precision: [String: SinglePrecisionCheck] = [:]

  /// Whether rows are kept in files.
  private var usesFile = false
  /// The size of all rows in files.
  var fileBytes: Int { usesFile ? parts.reduce(0) { $0 + $1.fileBytes } : 0 }
  private var hasTrainingWeight = false
  /// Whether rows have weights, which are all 0 in training.
  var hasNoWeight: Bool { isWeighted && !hasTrainingWeight }

  /// The columns whose numbers can't be told apart in single precision.
  var blurredColumns: [String] { precision.filter { !$0.value.blurredColumns.isEmpty }.keys.sorted() }

  /// Rows in a file are written in blocks of at least this size, or of what may stay in memory if that is less.
  private static let blockBytes = 1 << 20

  /// - Parameter memory: how much memory rows may take while they are read.
  init(
    _ schema: [String: ColumnSchema], _ topology: Topology, weights: String, memory: Int = .max,
    _ remedy: String?
  ) throws {
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
    self.memory = TrainingRows.share(of: memory)
    let layout = RowLayout(
      factors: Self.factorWidth(schema),
      inputs: zip(inputs, binding.inputs).map { shape, name in
        (
          width: schema[name]?.rowShape.reduce(1, *) ?? 0, stepWidth: max(1, shape.width),
          isTokens: shape.isTokens
        )
      }, targets: targetWidths, weights: isWeighted ? 1 : 0)
    parts = [PartRows(layout), PartRows(layout)]
  }

  /// The number of factors of a row; 0 if all are scaled alike.
  private static func factorWidth(_ schema: [String: ColumnSchema]) -> Int {
    guard schema["actual"] != nil, let factor = schema["factor"], !factor.isRagged else { return 0 }
    return factor.rowShape.reduce(1, *)
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
    try addWeights(columns, chunk, split)
    for row in 0..<chunk.rows { if let part = part(split, row) { parts[part].endRow() } }
    countSeries(chunk, split)
    rows += chunk.rows
    try limitMemory()
  }

  private mutating func addWeights(_ columns: CheckedColumns, _ chunk: Chunk, _ split: [UInt8]?) throws {
    guard isWeighted else { return }
    let values = try columns.weights(weights)
    guard values.count == chunk.rows else {
      throw Failure.data("the column \(weights) is missing from a chunk")
    }
    for (row, weight) in values.enumerated() {
      guard let part = part(split, row) else { continue }
      parts[part].append(weight: weight)
      if part == 0, weight != 0 { hasTrainingWeight = true }
    }
  }

  /// Moves rows to files once they don't fit into memory.
  private mutating func limitMemory() throws {
    if parts.reduce(0, { $0 + $1.bytes }) > memory { usesFile = true }
    guard usesFile else { return }
    for index in parts.indices where parts[index].bytes >= min(Self.blockBytes, memory) {
      try parts[index].store()
    }
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
        parts[part].append(factors: values[row * width..<(row + 1) * width])
      }
    }
  }

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
        parts[part].append(tokens: ids[row * width..<(row + 1) * width], input: number)
      }
    } else {
      try checkPrecision(columns, name)
      let values = try columns.numbers(name)
      for row in 0..<tensor.rows {
        guard let part = part(split, row) else { continue }
        parts[part].append(features: values[row * width..<(row + 1) * width], input: number)
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
      parts[part].append(targets: own, output: number)
      largestTarget = max(largestTarget, own.max() ?? 0)
    }
  }

  /// The rows of a part; nil if there are none.
  mutating func source(part number: Int) throws -> RowSet? { try parts[number].source() }
}
