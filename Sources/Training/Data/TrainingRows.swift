// The rows of a stream as networks read them, fully checked: columns, types, shapes, and every number. They are in memory, or
// in temporary files if they are larger than what they may take of it.

import Failures
import Networks
import Tensor
import TensorFile

/// The rows of a stream by part, and their shapes, which a network must fit.
public struct TrainingRows {
  /// The rows of part 0.
  public private(set) var training: RowSet
  /// The rows of part 1, or those held out; nil if there are none. Part 2 is never read.
  public private(set) var validation: RowSet?
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
  ///   - memory: how much memory they may take, in bytes; larger data are kept in temporary files.
  ///   - remedy: what to do if the columns are not those of the network; nil for the usual advice.
  ///   - progress: called with the number of rows read so far.
  /// - Throws: `Failure` (data) if a column is missing or invalid.
  public init(
    _ reader: TensorReader, for topology: Topology, weights: String = CheckedColumns.usualWeights,
    memory: Int = .max, remedy: String? = nil, progress: (Int) -> Void = { _ in }
  ) throws {
    var collector = try RowCollector(reader.schema, topology, weights: weights, memory: memory, remedy)
    while let chunk = try reader.next() {
      try collector.add(chunk)
      progress(collector.rows)
    }
    try self.init(&collector)
  }

  /// Takes rows that are in memory; otherwise like `init(_:for:remedy:)` with a reader.
  /// - Parameters:
  ///   - chunks: at least one, all with the same columns.
  ///   - memory: how much memory their rows may take in addition.
  public init(
    _ chunks: [Chunk], for topology: Topology, memory: Int = .max, remedy: String? = nil
  ) throws {
    let schema = chunks.first?.columns.mapValues(\.schema) ?? [:]
    var collector = try RowCollector(
      schema, topology, weights: CheckedColumns.usualWeights, memory: memory, remedy)
    for chunk in chunks { try collector.add(chunk) }
    try self.init(&collector)
  }

  private init(_ collector: inout RowCollector) throws {
    guard let rows = try collector.source(part: 0) else {
      throw Failure.data(
        collector.rows == 0 ? "the stream has no rows" : "no row belongs to the training part (split 0)",
        remedy: "check the preceding stage")
    }
    guard !collector.hasNoWeight else {
      throw Failure.data(
        "the weight of every training row is 0", at: "column \(collector.weights)",
        remedy: "give the rows to learn from a weight")
    }
    training = rows
    validation = try collector.source(part: 1)
    inputs = collector.inputs
    binding = collector.binding
    largestTarget = collector.largestTarget
    largestTokens = collector.largestTokens
    blurredColumns = collector.blurredColumns
    seriesRows = collector.seriesRows
    fileBytes = collector.fileBytes
  }

  /// The size of the rows in temporary files, because they are larger than their share of memory; 0 if they are not.
  public let fileBytes: Int
  /// Whether rows are in temporary files.
  public var areInFile: Bool { fileBytes > 0 }

  /// How many bytes of rows stay in memory if they may take `memory` bytes: while arrays grow, they are there twice, and once
  /// more in a chunk.
  public static func share(of memory: Int) -> Int { memory / 3 }

  /// The numbers of training rows of several series, one after the other; empty if there is one.
  private let seriesRows: [Int]
  /// Whether rows are windows of several series.
  public var holdsSeries: Bool { seriesRows.count > 1 }

  /// How many of the training rows were held out for validation; nil if none were.
  public private(set) var heldOut: Int?
  /// How many were left out, because they have targets in common with those held out.
  public private(set) var leftOut = 0

  /// The number of values in a row's target for each output.
  public var targetWidths: [Int] { training.targetWidths }

  /// Converts windows to differences from their last step.
  /// - Throws: `Failure` (io) if rows in a file can't be read.
  public mutating func makeRelative(_ windows: RelativeWindows) throws {
    let convert: RowSet.Conversion = { data, _, _ in windows.differences(data) }
    training = try training.converted(convert)
    validation = try validation?.converted(convert)
  }

  /// Makes sequences of windows, for networks that predict the distribution of each next value.
  /// - Throws: `Failure` (data) if a value can't be predicted.
  public mutating func unroll(_ windows: UnrolledWindows) throws {
    let columns = binding.inputs
    let convert: RowSet.Conversion = { data, factors, first in
      try windows.sequences(data, columns: columns, factors: factors, firstRow: first)
    }
    training = try training.converted(canFail: true, convert)
    validation = try validation?.converted(canFail: true, convert)
    inputs = zip(inputs, columns).map { windows.shape($0, column: $1) }
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
    validation = training.rows(in: [kept..<training.rows])
    training = training.rows(in: [0..<kept])
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
