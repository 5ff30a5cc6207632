// A conditional random field as the last layer of a tagger: a label's score depends on the label before it. Its output is
// the best sequence of labels, and it computes its own loss; the equations are in Kernels/LinearChain.swift.
//
// Weights and their initial values are those of pytorch-crf: transitions[i, j] is the score of label j after label i.

import Failures
import Kernels

/// A linear-chain conditional random field.
struct ConditionalRandomField: LayerDefinition {
  static let table = OptionTable(
    name: "crf", defaults: ConditionalRandomField(), positions: 0,
    options: [
      CallOption("transitions_initializer", \.initializer, "initial scores of transitions, starts and ends"),
      CallOption("transitions_regularizer", \.regularizer, "penalty on the scores of transitions"),
    ])
  static let kerasClass = "CRF"
  static let isInKeras = false
  static let outputHelp = "the shape of the input: 1 for the label of the best path, 0 for the others"

  var initializer = Initializer.uniform(low: -0.1, high: 0.1)
  var regularizer: Regularizer?

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    let (_, width) = try sequence(inputs[0])
    guard width > 1 else {
      throw Failure.usage("layer crf: its input has one label", remedy: "put dense(LABELS) before it")
    }
    return inputs
  }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    let labels = inputs[0].width
    return [
      WeightSpec(
        role: "transitions", shape: [labels, labels], initializer: initializer, regularizer: regularizer),
      WeightSpec(role: "start_transitions", shape: [labels], initializer: initializer),
      WeightSpec(role: "end_transitions", shape: [labels], initializer: initializer),
    ]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    try ConditionalRandomFieldLayer(input: inputs[0].activation, context)
  }

  var hasOwnLoss: Bool { true }
  var takesMask: Bool { true }
  var streamingObstacle: String? { "needs the whole sequence" }
}

/// A conditional random field that runs.
final class ConditionalRandomFieldLayer: Layer, LossLayer {
  let outputs: [Activation]
  private let input: Activation
  private let transitions: Parameter
  private let start: Parameter
  private let end: Parameter
  private let chain: LinearChain
  private let scratch: [ChainScratch]
  /// Where the loss writes the gradient of the input.
  private var lossGradient: Activation?

  init(input: Activation, _ context: LayerContext) throws {
    self.input = input
    transitions = try context.weight("transitions")
    start = try context.weight("start_transitions")
    end = try context.weight("end_transitions")
    chain = LinearChain(labels: input.width)
    scratch = (0..<context.workers).map { _ in ChainScratch(labels: input.width, steps: input.steps) }
    outputs = [
      Activation(
        context.storage, steps: input.steps, width: input.width, hasGradient: context.isTraining)
    ]
  }

  func prepare(_ pass: Pass) {
    chain.load(transitions: transitions.values, start: start.values, end: end.values)
  }

  /// Decodes each row.
  func forward(_ shard: Shard, _ pass: Pass) {
    let (emissions, result) = (input.values(shard), output.values(shard))
    for row in 0..<shard.rows {
      scratch[shard.worker].decode(chain, emissions, chainRow(row, shard), into: result)
    }
  }

  private func chainRow(_ row: Int, _ shard: Shard) -> ChainRow {
    ChainRow(row: row, rows: shard.rows, steps: input.steps, mask: input.mask?.rows(shard))
  }

  func takeLossGradient(from reader: Activation) { lossGradient = reader }

  func loss(
    _ shard: Shard, targets: Matrix, weights: Matrix?, scale: Float, hasGradient: Bool
  ) -> Double {
    let gradient = hasGradient ? lossGradient?.gradients(shard) : nil
    gradient?.clear()
    let emissions = input.values(shard)
    return (0..<shard.rows).reduce(0) { sum, number in
      let row = chainRow(number, shard)
      // All unmasked steps of a row have its weight.
      let weight = row.firstPlace.flatMap { weights?[$0, 0] } ?? 1
      guard weight != 0 else { return sum }
      let loss = scratch[shard.worker].loss(
        chain, emissions, row, targets: targets, scale: Double(scale * weight), gradient: gradient)
      return sum + Double(weight) * loss
    }
  }

  /// Passes the gradient that the loss has written to the input, and adds the sums of the weights' gradients.
  func backward(_ shard: Shard, _ pass: Pass) {
    scratch[shard.worker].addSums(
      transitions: transitions.gradient(shard), start: start.gradient(shard), end: end.gradient(shard))
    guard input.hasGradient, let lossGradient else { return }
    input.gradients(shard).copy(lossGradient.gradients(shard))
  }
}
