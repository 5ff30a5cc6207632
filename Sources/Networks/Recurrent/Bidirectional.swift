// Two recurrent layers over the same input, one forward in time, one backward (Schuster and Paliwal 1997). Both
// histories are stored in the order of time, so joining them step by step is equivalent to Keras's flip and merge.

import Failures
import JSON
import Kernels
import OptionSyntax

/// How the outputs of the two directions are combined.
enum MergeMode: String, Sendable, CaseIterable {
  case concat, sum, mul, ave
}

/// Keras's Bidirectional.
struct Bidirectional: LayerDefinition {
  static let table = OptionTable(
    name: "bidirectional",
    defaults: Bidirectional(forward: LayerSpec(LSTM(options: RecurrentOptions(units: 0)))),
    positions: 1, required: 1,
    options: [
      CallOption("layer", \.forward, "the forward layer, a recurrent one"),
      CallOption("merge", \.merge, "how outputs are combined: concat, sum, mul or ave"),
      CallOption("backward_layer", \.ownBackward, "the backward layer (with go_backwards) if it differs"),
    ])
  static let kerasClass = "Bidirectional"
  static let outputHelp = "that of the layer; with concat, the units of both"
  static let arity = 1...5

  /// The layer that processes the steps from first to last.
  var forward: LayerSpec
  /// How the two outputs are combined.
  var merge = MergeMode.concat
  /// The layer that processes the steps from last to first, if it differs from the other.
  var ownBackward: LayerSpec?

  /// The layer that processes the steps from last to first.
  var backward: LayerSpec { ownBackward ?? Self.reversed(forward) ?? forward }

  /// A recurrent layer in the opposite direction of time; nil for another layer.
  private static func reversed(_ layer: LayerSpec) -> LayerSpec? {
    layer.definition.directions.first?.reversed(isTrainable: layer.isTrainable)
  }

  var wrapped: [LayerSpec] { [forward] + (ownBackward.map { [$0] } ?? []) }
  var directions: [any RecurrentDefinition] {
    forward.definition.directions + backward.definition.directions
  }

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    _ = try sequence(inputs[0])
    let given = try [forward, backward].map { try $0.definition.outputs([inputs[0]]) }
    try checkInitialStates(Array(inputs.dropFirst()), like: directions.flatMap(\.stateShapes))
    let width = merge == .concat ? given[0][0].width + given[1][0].width : given[0][0].width
    return [given[0][0].with(width: width)] + given[0].dropFirst() + given[1].dropFirst()
  }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    try zip([forward, backward], ["forward", "backward"]).flatMap { layer, side in
      try layer.weights([inputs[0]]).map { $0.held(role: "\(side).", holder: "\(side)_layer") }
    }
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    try BidirectionalLayer(directions, merge, inputs, context)
  }

  var maskRule: MaskRule { directions.first?.maskRule ?? .none }
  var takesMask: Bool { true }
  func readsByProducts(inputWidth: Int, isTraining: Bool) -> Bool {
    directions.allSatisfy { $0.readsByProducts(inputWidth: inputWidth, isTraining: isTraining) }
  }
  var streamingObstacle: String? { "also runs backwards" }
}

// MARK: - Options

extension Bidirectional {
  func checked() throws -> Bidirectional {
    let first = try recurrent(forward)
    guard !first.options.goBackwards else {
      throw refuse("the wrapped layer goes backwards", "remove go_backwards")
    }
    guard let ownBackward else { return self }
    let second = try recurrent(ownBackward)
    guard second.options.goBackwards else {
      throw refuse("the backward layer goes forward", "give it go_backwards")
    }
    guard
      first.options.returnSequences == second.options.returnSequences
        && first.options.stateful == second.options.stateful
    else {
      throw refuse("the layers differ in return_sequences or stateful", "use the same for both")
    }
    guard first.options.returnState == second.options.returnState else {
      throw refuse("the layers differ in return_state", "use the same for both")
    }
    guard merge == .concat || first.outputWidth == second.outputWidth else {
      throw refuse("the layers differ in units", "use merge=concat for such layers")
    }
    return self
  }

  private func recurrent(_ layer: LayerSpec) throws -> any RecurrentDefinition {
    guard let direction = layer.definition.directions.first, layer.definition.directions.count == 1 else {
      throw refuse("\(layer.name) is not recurrent", "wrap a recurrent layer, such as lstm")
    }
    return direction
  }

  private func refuse(_ problem: String, _ remedy: String) -> Failure {
    Failure.usage("layer bidirectional: \(problem)", remedy: remedy)
  }

  init(keras config: [String: JSONValue], _ location: KerasLocation) throws {
    guard let layer = config["layer"] else { throw location.refuse("'layer' is missing") }
    forward = try LayerSpec(kerasLayer: Self.withoutZeroing(layer))
    do {
      merge = try config["merge_mode"].map { try MergeMode(keras: $0) } ?? .concat
    } catch let invalid as InvalidValue {
      throw location.refuse("'merge_mode' is \(config["merge_mode"]?.text ?? "")", invalid.remedy)
    }
    let own = try config["backward_layer"].flatMap {
      $0 == .null ? nil : try LayerSpec(kerasLayer: Self.withoutZeroing($0))
    }
    ownBackward = own == Self.reversed(forward) ? nil : own
    try location.checkOthers(config, known: ["layer", "backward_layer", "merge_mode"])
    self = try checked()
  }

  /// A wrapped layer without the option that Bidirectional sets itself, in Keras as here.
  private static func withoutZeroing(_ layer: JSONValue) -> JSONValue {
    guard var members = layer.object, var config = layer["config"]?.object else { return layer }
    config["zero_output_for_mask"] = nil
    members["config"] = .object(config)
    return .object(members)
  }

  func keras(_ names: LayerNames) -> [String: JSONValue] {
    let backwardName = ownBackward == nil ? "backward_\(names.wrapped[0])" : names.wrapped[1]
    return [
      "merge_mode": merge.keras, "layer": forward.keras("forward_\(names.wrapped[0])"),
      "backward_layer": backward.keras(backwardName),
    ]
  }
}

// MARK: - The running layer

/// A bidirectional layer that has been built.
final class BidirectionalLayer: Layer {
  /// The combined output, `[rows, steps, width]` or `[rows, width]`, then the states of both directions.
  let outputs: [Activation]
  private let forwardLayer: RecurrentLayer
  private let backwardLayer: RecurrentLayer
  private let merge: MergeMode
  /// The width of the forward layer's output.
  private let width: Int
  /// The input's mask, if all steps are returned: as in Keras, the output of masked steps is then zero.
  private let mask: Mask?

  init(
    _ directions: [any RecurrentDefinition], _ merge: MergeMode, _ inputs: [LayerInput],
    _ context: LayerContext
  ) throws {
    let half = (inputs.count - 1) / 2
    let initial = inputs.dropFirst()
    forwardLayer = try Self.direction(
      directions[0], [inputs[0]] + initial.prefix(half), context.inner("forward."))
    backwardLayer = try Self.direction(
      directions[1], [inputs[0]] + initial.dropFirst(half), addsInputGradient: true,
      context.inner("backward."))
    self.merge = merge
    width = forwardLayer.output.width
    let sequences = forwardLayer.options.returnSequences
    mask = sequences ? forwardLayer.mask : nil
    for layer in [forwardLayer, backwardLayer] { layer.penalizeOnlyUnmasked(mask) }
    let output = Activation(
      context.storage, steps: sequences ? forwardLayer.states[0].steps : nil,
      width: merge == .concat ? width + backwardLayer.output.width : width, hasGradient: context.isTraining)
    outputs = [output] + forwardLayer.outputs.dropFirst() + backwardLayer.outputs.dropFirst()
  }

  private static func direction(
    _ definition: some RecurrentDefinition, _ inputs: [LayerInput], addsInputGradient: Bool = false,
    _ context: LayerContext
  ) throws -> RecurrentLayer {
    try RecurrentLayer(
      definition, inputs, isDirection: true, addsInputGradient: addsInputGradient, context)
  }

  /// Packs the weights of both directions.
  func prepare(_ pass: Pass) {
    forwardLayer.prepare(pass)
    backwardLayer.prepare(pass)
  }

  /// Runs both directions on the shard and combines their outputs.
  func forward(_ shard: Shard, _ pass: Pass) {
    forwardLayer.forward(shard, pass)
    backwardLayer.forward(shard, pass)
    join(forwardLayer.output.values(shard), backwardLayer.output.values(shard), into: output.values(shard))
    if let mask { clearMasked(output.values(shard), mask.rows(shard)) }
  }

  /// Splits the output's gradients between the directions and runs both backward; their input gradients are summed.
  func backward(_ shard: Shard, _ pass: Pass) {
    let (first, second) = (forwardLayer.output, backwardLayer.output)
    let gradient = output.gradients(shard)
    if let mask { clearMasked(gradient, mask.rows(shard)) }
    switch merge {
    case .concat:
      copyColumns(of: gradient, from: 0, into: first.gradients(shard))
      copyColumns(of: gradient, from: width, into: second.gradients(shard))
    case .sum, .ave:
      scale(gradient, by: merge == .ave ? 0.5 : 1, into: first.gradients(shard))
      scale(gradient, by: merge == .ave ? 0.5 : 1, into: second.gradients(shard))
    case .mul:
      product(gradient, second.values(shard), scaledBy: 1, into: first.gradients(shard))
      product(gradient, first.values(shard), scaledBy: 1, into: second.gradients(shard))
    }
    forwardLayer.backward(shard, pass)
    backwardLayer.backward(shard, pass)
  }

  private func join(_ first: Matrix, _ second: Matrix, into result: Matrix) {
    switch merge {
    case .concat:
      copyColumns(of: first, into: result, at: 0)
      copyColumns(of: second, into: result, at: width)
    case .sum: sum(first, second, into: result)
    case .ave:
      sum(first, second, into: result)
      scale(result, by: 0.5, into: result)
    case .mul: product(first, second, scaledBy: 1, into: result)
    }
  }
}
