// Which columns of a stream a network reads and is compared with. One input is the column `x`, one output has the
// target `y`; of several each has a column of its name, `source`, `y.tone`. Columns of other names are matched by
// their order, and that is said.

import Failures
import Networks
import TensorFile

/// The columns of a network's inputs and targets.
public struct ColumnBinding: Sendable, Equatable {
  /// The column of each input.
  public let inputs: [String]
  /// The column of each output's targets; empty where the stream has none.
  public let targets: [String]
  /// What was matched by order, for the user.
  public let notes: [String]

  /// Columns that are neither inputs nor targets, whatever the network.
  private static let others: Set = ["split", "time", "weight", "text", "prediction"]

  /// - Parameters:
  ///   - columns: the stream's columns.
  ///   - needsTargets: whether there must be targets for every output.
  /// - Throws: `Failure` (data) naming a column that is missing.
  public init(_ topology: Topology, columns: Set<String>, needsTargets: Bool) throws {
    var notes: [String] = []
    let free = columns.filter { name in
      !Self.others.contains(name) && !Self.isTarget(name) && !name.hasPrefix("prediction.")
    }
    inputs = try Self.bind(
      topology.inputs.map(\.name), usual: Topology.usualInput, "input", free, &notes,
      remedy: "make one with rnn-pad or rnn-window")
    let outputs = topology.outputs.map(\.name)
    let found = columns.filter(Self.isTarget)
    if !needsTargets && found.isEmpty {
      targets = []
    } else {
      targets = try Self.bind(
        outputs.map { "y.\($0)" }, usual: "y", "target", found, &notes,
        remedy: "give labels or targets to an earlier stage")
    }
    self.notes = notes
  }

  private static func isTarget(_ name: String) -> Bool { name == "y" || name.hasPrefix("y.") }

  /// The column of each name: by name; a single one also by the usual name; else all by order.
  private static func bind(
    _ names: [String], usual: String, _ what: String, _ columns: Set<String>, _ notes: inout [String],
    remedy: String
  ) throws -> [String] {
    if names.allSatisfy(columns.contains) { return names }
    if names.count == 1, columns.contains(usual) { return [usual] }
    guard names.count > 1, columns.count == names.count else {
      let missing = names.count == 1 ? usual : names.first { !columns.contains($0) } ?? usual
      throw Failure.data(
        "there is no column \(missing)\(usual == "y" && names.count == 1 ? ": nothing to learn" : "")",
        remedy: names.count == 1
          ? remedy : "the network's \(what)s are \(names.joined(separator: ", ")): name the columns so")
    }
    let ordered = columns.sorted()
    notes.append(
      "\(what)s matched by order: "
        + zip(names, ordered).map { "\($0) is the column \($1)" }.joined(separator: ", "))
    return ordered
  }
}

extension ValueShape {
  /// The shape of a column's rows as a network reads them.
  ///
  /// - Parameter isVector: whether the network takes a row as a vector, without a time axis.
  /// - Throws: `Failure` (data) where rows can't be read.
  public init(_ schema: ColumnSchema, column name: String, isVector: Bool = false) throws {
    guard !schema.isRagged else {
      throw Failure.data(
        "its rows differ in length", at: "column \(name)", remedy: "pad them first: rnn-pad --length N")
    }
    let shape = schema.rowShape
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw Failure.data("its rows are empty (\(shape))", at: "column \(name)")
    }
    switch (schema.type.isInteger, shape.count) {
    case (_, 1) where isVector: self = .vector(width: shape[0])
    case (true, 1): self = .tokens(steps: shape[0])
    case (false, 1): self = .sequence(steps: shape[0], width: 1)
    case (_, 2) where !isVector: self = .sequence(steps: shape[0], width: shape[1])
    default:
      throw Failure.data(
        "a row has \(shape.count) dimensions", at: "column \(name)",
        remedy: isVector ? "a vector has one" : "rows are [steps] or [steps, features]")
    }
  }
}
