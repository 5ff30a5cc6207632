// Which columns of a stream are a network's inputs and targets. A single input is the column `x`, the target of a
// single output is `y`; several inputs and outputs have columns with their names, such as `source` and `y.tone`.
// Otherwise, columns are matched by order, with a note for the user.

import Failures
import Networks
import TensorFile

/// The columns of a network's inputs and targets.
public struct ColumnBinding: Sendable, Equatable {
  /// The column of each input.
  public let inputs: [String]
  /// The column of each output's targets; empty if the stream has none.
  public let targets: [String]
  /// Notes for the user about columns that were matched by order.
  public let notes: [String]

  /// Columns that are never inputs or targets.
  private static let reserved: Set = ["split", "time", "weight", "text", "id", "prediction", "actual"]

  /// - Parameters:
  ///   - columns: the names of the stream's columns.
  ///   - needsTargets: whether every output must have targets.
  /// - Throws: `Failure` (data) that names a missing column.
  public init(_ topology: Topology, columns: Set<String>, needsTargets: Bool) throws {
    var notes: [String] = []
    let names = topology.inputs.map(\.name)
    let candidates = columns.filter { name in
      names.contains(name)
        || !Self.reserved.contains(name) && !Self.isTarget(name) && !name.hasPrefix("prediction.")
    }
    inputs = try Self.bind(
      names, fallback: Topology.usualInput, "input", candidates, &notes,
      remedy: "create it with rnn-pad or rnn-window, or rename a column with rnn-convert --rename NAME=x")
    let outputs = topology.outputs.map(\.name)
    let found = columns.filter(Self.isTarget)
    do {
      targets = try Self.bind(
        outputs.map { "y.\($0)" }, fallback: "y", "target", found, &notes,
        remedy: "provide labels or targets to an earlier stage")
    } catch  where !needsTargets {
      targets = []
    }
    self.notes = notes
  }

  private static func isTarget(_ name: String) -> Bool { name == "y" || name.hasPrefix("y.") }

  /// The column for each name: the column with that name; for a single name also `fallback`; else all by order.
  private static func bind(
    _ names: [String], fallback: String, _ what: String, _ columns: Set<String>, _ notes: inout [String],
    remedy: String
  ) throws -> [String] {
    if names.allSatisfy(columns.contains) { return names }
    if names.count == 1, columns.contains(fallback) { return [fallback] }
    guard names.count > 1, columns.count == names.count else {
      if names.count == 1, what == "input", names[0] != fallback {
        throw Failure.data(
          "there is no column \(names[0])",
          remedy: "name the column after the network's input, or \(fallback)")
      }
      let missing = names.count == 1 ? fallback : names.first { !columns.contains($0) } ?? fallback
      throw Failure.data(
        "there is no column \(missing)\(fallback == "y" && names.count == 1 ? ": nothing to learn" : "")",
        remedy: names.count == 1
          ? remedy : "name the columns after the network's \(what)s: \(names.joined(separator: ", "))")
    }
    let ordered = columns.sorted()
    notes.append(
      "\(what)s matched by order: "
        + zip(names, ordered).map { "\($0) is the column \($1)" }.joined(separator: ", "))
    return ordered
  }
}

extension ValueShape {
  /// The shape of a column's rows as a network input.
  ///
  /// - Parameters:
  ///   - isVector: whether the network reads a row as a vector, without a time axis.
  ///   - isCharacters: whether the network reads a row as words of characters.
  /// - Throws: `Failure` (data) if the rows can't be an input.
  public init(_ schema: ColumnSchema, column name: String, isVector: Bool = false, isCharacters: Bool = false)
    throws
  {
    guard !schema.isRagged else {
      throw Failure.data(
        "the rows differ in length", at: "column \(name)", remedy: "pad them first: rnn-pad --length N")
    }
    let shape = schema.rowShape
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw Failure.data("the rows are empty (\(shape))", at: "column \(name)")
    }
    switch (schema.type.isInteger, shape.count) {
    case (_, 1) where isVector: self = .vector(width: shape[0])
    case (true, 1): self = .tokens(steps: shape[0])
    case (false, 1): self = .sequence(steps: shape[0], width: 1)
    case (true, 2) where isCharacters: self = .characters(steps: shape[0], length: shape[1])
    case (_, 2) where !isVector: self = .sequence(steps: shape[0], width: shape[1])
    default:
      throw Failure.data(
        "a row has \(counted(shape.count, "dimension"))", at: "column \(name)",
        remedy: isVector ? "a vector must have one" : "rows must be [steps] or [steps, features]")
    }
  }
}
