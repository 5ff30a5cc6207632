// Penalties that keep weights and activities small (keras/src/regularizers/regularizers.py).

import OptionSyntax

/// l1 sum|w| + l2 sum w^2, added to the loss.
public struct Regularizer: Sendable, Equatable {
  /// The factor of the absolute values.
  public let l1: Float
  /// The factor of the squares.
  public let l2: Float

  /// The penalty of these factors.
  public init(l1: Float = 0, l2: Float = 0) {
    self.l1 = l1
    self.l2 = l2
  }
}

extension Regularizer: OptionValue {
  private static let largest: ClosedRange<Float> = 0...Float.greatestFiniteMagnitude
  private static let onlyL1 = OptionTable(
    name: "l1", subject: "regularizer", defaults: Regularizer.Factors(l1: 0.01), positions: 1,
    options: [.number("l1", \.l1, in: largest)])
  private static let onlyL2 = OptionTable(
    name: "l2", subject: "regularizer", defaults: Regularizer.Factors(l2: 0.01), positions: 1,
    options: [.number("l2", \.l2, in: largest)])
  private static let both = OptionTable(
    name: "l1_l2", subject: "regularizer", defaults: Regularizer.Factors(), positions: 2,
    options: [.number("l1", \.l1, in: largest), .number("l2", \.l2, in: largest)])

  /// The factors during parsing.
  struct Factors: Sendable {
    var l1: Float = 0
    var l2: Float = 0
  }

  init(written value: CallSyntax.Value) throws {
    let tables = [Self.onlyL1, Self.onlyL2, Self.both]
    guard let call = value.call, let table = tables.first(where: { $0.name == call.name }) else {
      throw InvalidValue(remedy: "l1(0.01), l2(0.01), l1_l2(0.01,0.01) or none")
    }
    let factors = try table.read(call)
    self.init(l1: factors.l1, l2: factors.l2)
  }

  var written: String {
    if l1 == 0 { return "l2(\(l2))" }
    return l2 == 0 ? "l1(\(l1))" : "l1_l2(\(l1),\(l2))"
  }
}
