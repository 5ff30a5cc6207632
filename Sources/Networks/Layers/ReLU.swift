// Rectifiers as separate layers.
//
//   relu         y = min(x, max_value) where x > threshold, else negative_slope (x - threshold)
//   leaky_relu   y = x where x > 0, else negative_slope x

import JSON
import Kernels
import OptionSyntax

/// Keras's ReLU.
struct ReLU: LayerDefinition {
  static let table = OptionTable(
    name: "relu", defaults: ReLU(), positions: 1,
    options: [
      CallOption("max_value", \.maxValue, "largest output") { value in
        guard value.map({ 0...1e30 ~= $0 }) ?? true else {
          throw InvalidValue(remedy: "a number from 0, or none")
        }
      },
      .number("negative_slope", \.negativeSlope, in: 0...1e30, "slope below the threshold"),
      .number("threshold", \.threshold, in: 0...1e30, "least input that is passed on"),
    ])
  static let kerasClass = "ReLU"
  static let numberedName = "re_lu"
  static let outputHelp = "the shape of the input"

  var maxValue: Float?
  var negativeSlope: Float = 0
  var threshold: Float = 0

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] { inputs }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    RectifierLayer(self, input: inputs[0].activation, context)
  }

  var worksOnEachStep: Bool { true }
}

/// Keras's LeakyReLU.
struct LeakyReLU: LayerDefinition {
  static let table = OptionTable(
    name: "leaky_relu", defaults: LeakyReLU(), positions: 1,
    options: [.number("negative_slope", \.negativeSlope, in: 0...1e30, "slope below 0")])
  static let kerasClass = "LeakyReLU"
  static let numberedName = "leaky_re_lu"
  static let outputHelp = "the shape of the input"

  var negativeSlope: Float = 0.3

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] { inputs }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    RectifierLayer(ReLU(negativeSlope: negativeSlope), input: inputs[0].activation, context)
  }

  /// Keras 2 calls the slope alpha.
  init(keras config: [String: JSONValue], _ location: KerasLocation) throws {
    var config = config
    if let alpha = config.removeValue(forKey: "alpha") { config["negative_slope"] = alpha }
    self = try Self.table.read(keras: config, location)
  }

  init(negativeSlope: Float = 0.3) { self.negativeSlope = negativeSlope }

  var worksOnEachStep: Bool { true }
}

/// A rectifier that runs.
final class RectifierLayer: Layer {
  let outputs: [Activation]
  private let input: Activation
  private let options: ReLU

  init(_ options: ReLU, input: Activation, _ context: LayerContext) {
    (self.options, self.input) = (options, input)
    outputs = [
      Activation(
        context.storage, steps: input.isSequence ? input.steps : nil, width: input.width,
        hasGradient: context.isTraining)
    ]
  }

  /// Applies the function to all of the shard's values.
  func forward(_ shard: Shard, _ pass: Pass) {
    let (x, y, most) = (input.values(shard), output.values(shard), options.maxValue ?? .infinity)
    for row in 0..<x.rows {
      for column in 0..<x.columns {
        let value = x[row, column]
        y[row, column] =
          value > options.threshold ? min(value, most) : options.negativeSlope * (value - options.threshold)
      }
    }
  }

  /// dx = dy f'(x).
  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
    let (x, dy, dx) = (input.values(shard), output.gradients(shard), input.gradients(shard))
    let most = options.maxValue ?? .infinity
    for row in 0..<x.rows {
      for column in 0..<x.columns {
        let value = x[row, column]
        let slope = value > options.threshold ? (value > most ? 0 : 1) : options.negativeSlope
        dx[row, column] = slope * dy[row, column]
      }
    }
  }
}
