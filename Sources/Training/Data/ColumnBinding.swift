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
  private static let reserved: Set = [
    "split", "time", "weight", "text", "id", "prediction", "actual", "offset", "factor", "base", "history",
    "history_time",
  ]

  /// - Parameters:
  ///   - columns: the names of the stream's columns.
  ///   - needsTargets: whether every output must have targets.
  ///   - remedy: what to do if a column is missing; nil for the usual advice. Data for which there is such advice are
  ///     prepared for this network, so that several columns are never matched by order.
  /// - Throws: `Failure` (data) that names a missing column.
  public init(_ topology: Topology, columns: Set<String>, needsTargets: Bool, remedy: String? = nil) throws {
    let names = topology.inputs.map(\.name)
    let candidates = columns.filter { name in
      names.contains(name)
        || !Self.reserved.contains(name) && !Self.isTarget(name) && !name.hasPrefix("prediction.")
    }
    var binder = Binder(remedy: remedy)
    inputs = try binder.bind(names, to: candidates, .input)
    do {
      targets = try binder.bind(
        topology.outputs.map { "y.\($0.name)" }, to: columns.filter(Self.isTarget), .target)
    } catch  where !needsTargets {
      targets = []
    }
    notes = binder.notes
  }

  /// Notes on columns with covariates of a series that the network doesn't read.
  /// - Parameter columns: the names of the stream's columns.
  public func unread(of columns: Set<String>) -> [String] {
    Self.covariates.filter { columns.contains($0) && !inputs.contains($0) }.map {
      "the network has no input \($0): the column \($0) of the stream is not used"
    }
  }

  /// What rnn-window writes of a series beside its windows.
  private static let covariates = ["known", "static", "categories"]

  private static func isTarget(_ name: String) -> Bool { name == "y" || name.hasPrefix("y.") }
}

/// Finds columns by name or order.
private struct Binder {
  /// What columns are for.
  enum Role: String { case input, target }

  let remedy: String?
  private(set) var notes: [String] = []

  init(remedy: String?) { self.remedy = remedy }

  /// The column for each name: the column with that name; for a single name also the usual one; else all by order.
  mutating func bind(_ names: [String], to columns: Set<String>, _ role: Role) throws -> [String] {
    let usual = role == .input ? Topology.usualInput : "y"
    if names.allSatisfy(columns.contains) { return names }
    if names.count == 1, columns.contains(usual) { return [usual] }
    guard remedy == nil, names.count > 1, columns.count == names.count else {
      throw missing(names, columns, usual, role)
    }
    let ordered = columns.sorted()
    notes.append(
      "\(role.rawValue)s matched by order: "
        + zip(names, ordered).map { "\($0) is the column \($1)" }.joined(separator: ", "))
    return ordered
  }

  private func missing(_ names: [String], _ columns: Set<String>, _ usual: String, _ role: Role) -> Failure {
    guard names.count == 1 else { return missing(severalOf: names, columns, role) }
    guard role == .input else {
      return .data(
        "there is no column y: nothing to learn",
        remedy: remedy ?? "provide labels or targets to an earlier stage")
    }
    return .data(
      "there is no column \(names[0])",
      remedy: remedy
        ?? (names[0] != usual
          ? "name the column after the network's input, or \(usual)"
          : "create it with rnn-pad or rnn-window, or rename a column with rnn-convert --rename NAME=x"))
  }

  private func missing(severalOf names: [String], _ columns: Set<String>, _ role: Role) -> Failure {
    let name = names.first { !columns.contains($0) } ?? names[0]
    if role == .target, columns == ["y"] {
      return .data(
        "the network has \(names.count) outputs, but the stream has the targets of one, y",
        remedy:
          "each statement that nothing reads is an output: remove those that are not meant as outputs, or "
          + "name the columns \(names.joined(separator: ", "))")
    }
    return .data(
      "there is no column \(name)",
      remedy: remedy
        ?? "name the columns after the network's \(role.rawValue)s: \(names.joined(separator: ", "))")
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
