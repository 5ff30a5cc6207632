// What both kinds of attention have in common: a query, a value and optionally a key as inputs, and the shape of the
// result.

import Failures

/// A kind of attention.
protocol AttentionDefinition: LayerDefinition {
  /// The share of the attention weights dropped in training.
  var dropout: Float { get }
  /// What computes the scores, for queries and keys of this width.
  func scorer(_ context: LayerContext, width: Int) -> any AttentionScorer
}

extension AttentionDefinition {
  static var arity: ClosedRange<Int> { 2...3 }
  static var outputHelp: String { "(steps of the query, width of the value)" }

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    let key = inputs.count > 2 ? inputs[2] : inputs[1]
    guard case .sequence(let steps, let width) = inputs[0], case .sequence(let read, let result) = inputs[1],
      case .sequence(read, width) = key
    else { throw refusal(inputs) }
    return [.sequence(steps: steps, width: result)]
  }

  private func refusal(_ inputs: [ValueShape]) -> Failure {
    Failure.usage(
      "layer \(Self.name): it can't read \(inputs.map(\.description).joined(separator: ", "))",
      remedy:
        "give it {query value} or {query value key}: sequences, the key with as many steps as the value and as "
        + "wide as the query")
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    AttentionLayer(self, inputs.map(\.activation), context)
  }

  var maskRule: MaskRule { .copies }
  var streamingObstacle: String? { "reads all steps" }
  /// The query can be produced, but what it attends to must be whole.
  func decodes(reads: [Bool], _ shapes: [ValueShape]) -> Bool { !reads.dropFirst().contains(true) }
}
