// The layers that have a step of their own.

import Kernels

extension LayerDefinition {
  /// Adds nothing if the layer is the identity in prediction; else there is no step for it.
  func addStep(to plan: inout StepPlan) throws {
    guard isIdentityInPrediction else { throw plan.refusal() }
  }
}

extension Embedding {
  func addStep(to plan: inout StepPlan) throws {
    guard plan.layers.isEmpty else { throw plan.refusal() }
    plan.input = .tokens(try plan.weight("embeddings").tensor.floats, width: width)
    plan.masksZero = maskZero
  }
}

extension RecurrentProductDefinition {
  /// The cell's weights.
  fileprivate func cell(_ plan: StepPlan, biases: Int) throws -> StepCell {
    guard !options.returnState else { throw plan.refusal("returns its states") }
    return StepCell(
      kernel: try plan.matrix("kernel"), recurrent: try plan.matrix("recurrent_kernel"),
      bias: plan.bias(biases * options.units), activations: options.activations)
  }
}

extension SimpleRNN {
  func addStep(to plan: inout StepPlan) throws { plan.layers.append(.simpleRNN(try cell(plan, biases: 1))) }
}

extension LSTM {
  func addStep(to plan: inout StepPlan) throws {
    guard projection == 0 else { throw plan.refusal("projects its state") }
    plan.layers.append(.lstm(try cell(plan, biases: 4)))
  }
}

extension GRU {
  func addStep(to plan: inout StepPlan) throws {
    guard options.resetAfter else { throw plan.refusal("resets its state before the product") }
    plan.layers.append(.gru(try cell(plan, biases: 6)))
  }
}

extension Dense {
  func addStep(to plan: inout StepPlan) throws {
    let function: StepFunction =
      switch activation {
      case .elementwise(let kind): .elementwise(kind)
      case .softmax: .softmax
      }
    plan.layers.append(.dense(try plan.matrix("kernel"), bias: plan.bias(units), function))
  }
}

extension TimeDistributed {
  /// A single dense layer; with one step at a time, it needs no wrapper.
  func addStep(to plan: inout StepPlan) throws {
    guard inner.layers.count == 1, let dense = inner.layers[0].definition as? Dense else {
      throw plan.refusal()
    }
    let prefix = inner.prefix(inner.names[0])
    plan.weights = innerWeights(plan.weights, prefix: prefix)
    try dense.addStep(to: &plan)
  }
}
