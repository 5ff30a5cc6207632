// The rows of a stream in memory, as networks read them, fully checked: columns, types, shapes, and every number.

import Failures
import Networks
import Tensor
import TensorFile

/// The rows of a stream by part, and their shapes, which a network must fit.
public struct TrainingRows {
  /// The rows of part 0.
  public private(set) var training: DataSet
  /// The rows of part 1, or those held out; nil if there are none. Part 2 is never read.
  public private(set) var validation: DataSet?
  /// The shapes of the inputs.
  public private(set) var inputs: [ValueShape]
  /// The columns of the inputs and targets.
  public let binding: ColumnBinding
  /// The largest class id or value of the targets, for sizes that depend on the data.
  public let largestTarget: Float
  /// The largest token id of each input, for sizes that depend on the data; 0 for numbers.
  public let largestTokens: [Int32]
  /// The columns whose numbers have more digits than single precision, which can't tell neighboring ones apart.
  public let blurredColumns: [String]

  /// Reads all rows of `reader` for a network with this topology.
  /// - Parameters:
  ///   - weights: the column with the weight of each row in the loss, if the stream has it.
  ///   - remedy: what to do if the columns are not those of the network; nil for the usual advice.
  /// - Throws: `Failure` (data) if a column is missing or invalid.
  public init(
    _ reader: TensorReader, for topology: Topology, weights: String = CheckedColumns.usualWeights,
    remedy: String? = nil
  ) throws {
    var collector = try RowCollector(reader.schema, topology, weights: weights, remedy)
    while let chunk = try reader.next() { try collector.add(chunk) }
    try self.init(collector)
  }

  /// Takes rows that are in memory; otherwise like `init(_:for:remedy:)` with a reader.
  /// - Parameter chunks: at least one, all with the same columns.
  public init(_ chunks: [Chunk], for topology: Topology, remedy: String? = nil) throws {
    let schema = chunks.first?.columns.mapValues(\.schema) ?? [:]
    var collector = try RowCollector(schema, topology, weights: CheckedColumns.usualWeights, remedy)
    for chunk in chunks { try collector.add(chunk) }
    try self.init(collector)
  }

  private init(_ collector: RowCollector) throws {
    guard let rows = try collector.dataSet(part: 0) else {
      throw Failure.data(
        collector.rows == 0 ? "the stream has no rows" : "no row belongs to the training part (split 0)",
        remedy: "check the preceding stage")
    }
    guard rows.weights.isEmpty || rows.weights.contains(where: { $0 != 0 }) else {
      throw Failure.data(
        "the weight of every training row is 0", at: "column \(collector.weights)",
        remedy: "give the rows to learn from a weight")
    }
    training = rows
    validation = try collector.dataSet(part: 1)
    inputs = collector.inputs
    binding = collector.binding
    largestTarget = collector.largestTarget
    largestTokens = collector.largestTokens
    blurredColumns = collector.blurredColumns
    seriesRows = collector.seriesRows
    factors = (0..<2).map(collector.factors)
  }

  /// What the targets of each row were multiplied by in scaling, if it isn't the same for all, by part.
  private var factors: [[Double]]

  /// The numbers of training rows of several series, one after the other; empty if there is one.
  private let seriesRows: [Int]
  /// Whether rows are windows of several series.
  public var holdsSeries: Bool { seriesRows.count > 1 }

  /// How many of the training rows were held out for validation; nil if none were.
  public private(set) var heldOut: Int?
  /// How many were left out, because they have targets in common with those held out.
  public private(set) var leftOut = 0

  /// The number of values in a row's target for each output.
  public var targetWidths: [Int] { training.targets.map(\.width) }

  /// Converts windows to differences from their last step.
  public mutating func makeRelative(_ windows: RelativeWindows) {
    training = windows.differences(training)
    validation = validation.map(windows.differences)
  }

  /// Makes sequences of windows, for networks that predict the distribution of each next value.
  /// - Throws: `Failure` (data) if a value can't be predicted.
  public mutating func unroll(_ windows: UnrolledWindows) throws {
    training = try windows.sequences(training, columns: binding.inputs, factors: factors[0])
    validation = try validation.map {
      try windows.sequences($0, columns: binding.inputs, factors: factors[1])
    }
    inputs = zip(inputs, binding.inputs).map { windows.shape($0, column: $1) }
    factors = [[], []]
  }

  /// Weights the training rows by class; validation rows keep their weights, as in Keras.
  ///
  /// - Parameter classes: the number of outputs per row and step.
  public mutating func apply(_ weights: ClassWeights, loss: Loss, classes: Int) throws {
    training = try weights.applied(to: training, loss: loss, classes: classes)
  }

  /// Validates on the rows of another stream: those of its validation part, if it has one, else all.
  /// - Throws: `Failure` (data) if they have other shapes.
  public mutating func validate(on other: TrainingRows) throws {
    for (own, found) in zip(inputs, other.inputs) where own != found {
      throw Failure.data(
        "its rows are \(found), those of the training data \(own)",
        remedy: "pad it with rnn-pad --like and the training data")
    }
    guard other.targetWidths == targetWidths else {
      throw Failure.data("its targets have another shape than those of the training data", at: "column y")
    }
    validation = other.validation ?? other.training
  }

  /// Holds out the last `fraction` of the training rows for validation, as Keras does; with several series, that of the
  /// rows of each, so that validation comes after training.
  /// - Parameter overlap: how many rows before those of a series have targets in common with them, and are left out.
  public mutating func holdOut(_ fraction: Double, overlap: Int = 0) throws {
    if holdsSeries { return try holdOutOfEach(fraction, overlap) }
    let kept = Int((Double(training.rows) * (1 - fraction)).rounded(.down))
    guard kept > 0, kept < training.rows else {
      throw Failure.data(
        "\(counted(training.rows, "row")) can't be split by --validation-split \(fraction)",
        remedy: "use more rows, or --validation-split 0")
    }
    heldOut = training.rows - kept
    validation = training.slice(kept..<training.rows)
    training = training.slice(0..<kept)
  }
}

extension TrainingRows {
  /// A series too short for both is only trained on.
  private mutating func holdOutOfEach(_ fraction: Double, _ overlap: Int) throws {
    var (kept, held, start) = ([Range<Int>](), [Range<Int>](), 0)
    for rows in seriesRows {
      let border = Int((Double(rows) * (1 - fraction)).rounded(.down))
      let isLong = border > overlap
      kept.append(start..<start + (isLong ? border - overlap : rows))
      held.append(start + (isLong ? border : rows)..<start + rows)
      start += rows
    }
    guard kept.contains(where: { !$0.isEmpty }), held.contains(where: { !$0.isEmpty }) else {
      throw Failure.data(
        "the rows of \(counted(seriesRows.count, "series", "series")) can't be split by --validation-split \(fraction)",
        remedy: "use more rows, or --validation-split 0")
    }
    heldOut = held.reduce(0) { $0 + $1.count }
    leftOut = seriesRows.reduce(0, +) - kept.reduce(0) { $0 + $1.count } - (heldOut ?? 0)
    validation = training.rows(in: held)
    training = training.rows(in: kept)
  }
}

/// Collects the rows of chunks by part.
private struct RowCollector {
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
