// Networks with weights that look random, and documents of inputs and of what rnnpipe makes of them. Programs that verify
// another form of these networks read such documents.

import Networks
import Tensor
import TensorFile

/// A network, its weights, and the numbers that its inputs will be.
struct GeneratedNetwork {
  let architecture: Architecture
  var weights: [String: Tensor] = [:]
  private var generator = Numbers()

  init(_ architecture: Architecture) throws {
    self.architecture = architecture
    for weight in try architecture.weightedLayers().flatMap(\.weights) {
      let least: Float = weight.role.hasSuffix("moving_variance") ? 0.5 : -0.4
      let values = (0..<weight.shape.reduce(1, *)).map { _ in least + 0.8 * generator.next() }
      weights[weight.name] = Tensor(values, shape: weight.shape)
    }
  }

  /// A preset's network for 24 steps of 2 numbers, or of token ids.
  init(preset: Preset) throws { try self.init(Self.architecture(of: preset)) }

  static func architecture(of preset: Preset) throws -> Architecture {
    let outline = try preset.outline()
    let names = outline.inputs.map(\.name)
    var sizes = Preset.Sizes(
      vocabularies: Dictionary(names.map { ($0, 12) }) { first, _ in first }, targets: 24, classes: 5)
    (sizes.steps, sizes.features, sizes.horizon, sizes.isContinuous) = (24, 2, 12, true)
    let topology = try preset.topology(sizes)
    return try Architecture(
      topology,
      inputs: topology.inputs.enumerated().map { number, input in
        if input.isVector { return .vector(width: 8) }
        if topology.readsCharacters(input: number) { return .characters(steps: 24, length: 6) }
        return preset.tokenInputs.contains(input.name) ? .tokens(steps: 24) : .sequence(steps: 24, width: 2)
      })
  }

  private static let rows = 5

  /// Inputs, of which some steps at the beginning or the end are padding, and outputs.
  mutating func document() throws -> SafetensorsDocument {
    var tensors: [String: Tensor] = [:]
    let inputs = architecture.inputs.indices.map { number in
      let tensor = input(number)
      tensors["input.\(architecture.topology.inputs[number].name)"] = tensor
      return tensor
    }
    let shapes = architecture.outputs.map { [Self.rows] + $0.extents }
    let outputs = try predictions(
      architecture, weights, inputs, counts: shapes.map { $0.reduce(1, *) })
    for (output, (values, shape)) in zip(architecture.topology.outputs, zip(outputs, shapes)) {
      tensors["output.\(output.name)"] = Tensor(values, shape: shape)
    }
    return SafetensorsDocument(tensors: tensors, metadata: [:])
  }

  private mutating func input(_ number: Int) -> Tensor {
    let shape = architecture.inputs[number]
    let steps = shape.steps ?? 1
    let width = shape.extents.reduce(1, *) / steps
    var values: [Float] = []
    for row in 0..<Self.rows {
      for step in 0..<steps {
        let isPadding = row == 1 ? step < 4 : row == 2 ? step >= steps - 5 : false
        values += (0..<width).map { _ in isPadding && shape.isTokens ? 0 : generator.next() }
      }
    }
    let extents = [Self.rows] + shape.extents
    guard let vocabulary = architecture.vocabulary(ofInput: number), shape.isTokens else {
      return Tensor(values, shape: extents)
    }
    return Tensor(values.map { Int32(($0 * Float(vocabulary - 1)).rounded(.up)) }, shape: extents)
  }
}

/// Numbers from 0 to 1 that look random, and are the same in every run.
private struct Numbers {
  private var state: UInt64 = 5

  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 24)
  }
}
