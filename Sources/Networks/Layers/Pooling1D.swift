// Pooling of neighboring time steps, feature by feature; padding doesn't count.
//
//   max_pooling1d        y_i = max_t x_t over window i       dx_t += dy_i at the first largest t
//   average_pooling1d    y_i = mean_t x_t over window i      dx_t += dy_i / steps of the window

import Kernels
import OptionSyntax

/// Keras's MaxPooling1D.
struct MaxPooling1D: PoolingDefinition {
  static let table = poolingTable("max_pooling1d", defaults: MaxPooling1D())
  static let kerasClass = "MaxPooling1D"
  static let takesMaximum = true

  var pool = PoolOptions()
}

/// Keras's AveragePooling1D.
struct AveragePooling1D: PoolingDefinition {
  static let table = poolingTable("average_pooling1d", defaults: AveragePooling1D())
  static let kerasClass = "AveragePooling1D"
  static let takesMaximum = false

  var pool = PoolOptions()
}

/// What both kinds of pooling have in common.
protocol PoolingDefinition: LayerDefinition {
  /// Whether a window's largest value is taken, else its mean.
  static var takesMaximum: Bool { get }
  var pool: PoolOptions { get set }
}

extension PoolingDefinition {
  static var outputHelp: String { "(windows, features)" }

  static func poolingTable(_ name: String, defaults: Self) -> OptionTable<Self> {
    OptionTable(
      name: name, defaults: defaults, positions: 1,
      options: [
        CallOption("pool_size", \.pool.size, "steps of a window", check: OneNumber.check),
        CallOption(
          "strides", \.pool.strides, "steps from one window to the next (none: as `pool_size`)",
          check: PoolOptions.check),
        CallOption("padding", \.pool.padding, "`valid` or `same`", check: PoolOptions.check),
      ])
  }

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try pool.outputs(sequence(inputs[0]), Self.name)
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    try PoolingLayer(
      pool, takesMaximum: Self.takesMaximum, input: inputs[0].activation, context, Self.name)
  }

  var maskRule: MaskRule { .none }
  var streamingObstacle: String? { "pools several steps" }
}

/// The options of pooling.
struct PoolOptions: Equatable, Sendable {
  var size: OneNumber = 2
  var strides: OneNumber?
  var padding = TimePadding.valid

  /// Throws `InvalidValue` for strides that are not a size.
  static func check(_ strides: OneNumber?) throws {
    if let strides { try OneNumber.check(strides) }
  }

  /// Throws `InvalidValue` for padding that pooling doesn't have.
  static func check(_ padding: TimePadding) throws {
    guard padding != .causal else { throw InvalidValue(remedy: "valid or same") }
  }

  func windows(steps: Int, _ layer: String) throws -> TimeWindows {
    try TimeWindows(
      steps: steps, size: size.value, stride: (strides ?? size).value, padding, layer: layer)
  }

  func outputs(_ input: (steps: Int, width: Int), _ layer: String) throws -> [ValueShape] {
    [.sequence(steps: try windows(steps: input.steps, layer).count, width: input.width)]
  }
}

/// A pooling layer that runs.
final class PoolingLayer: Layer {
  let outputs: [Activation]
  private let input: Activation
  private let windows: TimeWindows
  private let size: Int
  private let takesMaximum: Bool

  init(
    _ options: PoolOptions, takesMaximum: Bool, input: Activation, _ context: LayerContext, _ layer: String
  ) throws {
    (self.input, self.takesMaximum, size) = (input, takesMaximum, options.size.value)
    windows = try options.windows(steps: input.steps, layer)
    outputs = [
      Activation(context.storage, steps: windows.count, width: input.width, hasGradient: context.isTraining)
    ]
  }

  /// Pools the shard's windows one after another.
  func forward(_ shard: Shard, _ pass: Pass) {
    for window in 0..<windows.count {
      let y = output.values(shard, window)
      var count = 0
      for tap in 0..<size {
        guard let step = windows.step(window, tap) else { continue }
        let x = input.values(shard, step)
        count += 1
        if count == 1 { y.copy(x) } else if takesMaximum { largest(x, into: y) } else { add(x, into: y) }
      }
      if !takesMaximum { scale(y, by: 1 / Float(count), into: y) }
    }
  }

  /// Adds each window's gradient to its steps.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
    input.gradients(shard).clear()
    for window in 0..<windows.count {
      if takesMaximum { backwardMaximum(shard, window) } else { backwardMean(shard, window) }
    }
  }

  private func backwardMaximum(_ shard: Shard, _ window: Int) {
    let (y, dy) = (output.values(shard, window), output.gradients(shard, window))
    for row in 0..<y.rows {
      for column in 0..<y.columns {
        let step = (0..<size).lazy.compactMap { [windows] in windows.step(window, $0) }.first { [input] in
          input.values(shard, $0)[row, column] == y[row, column]
        }
        guard let step else { continue }
        input.gradients(shard, step)[row, column] += dy[row, column]
      }
    }
  }

  private func backwardMean(_ shard: Shard, _ window: Int) {
    var count = 0
    for tap in 0..<size where windows.step(window, tap) != nil { count += 1 }
    let dy = output.gradients(shard, window)
    scale(dy, by: 1 / Float(count), into: dy)
    for tap in 0..<size {
      guard let step = windows.step(window, tap) else { continue }
      add(dy, into: input.gradients(shard, step))
    }
  }
}
