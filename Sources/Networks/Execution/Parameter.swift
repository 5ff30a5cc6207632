// Weights, those that the optimizer changes and others. All weights of a network are in one flat buffer, their gradients
// in another, so that an optimizer is a single loop and storing the best weights a single copy. Rows are padded to whole
// vectors, and so are the gates of layers with fewer than 16 units; the padding is always zero. Functions that read and
// write weights in Keras's shapes hide the padding.

import Kernels

/// A weight of a layer, with Keras's name and shape.
public final class Parameter {
  /// `<layer>.<weight>`, as in model files.
  public let name: String
  /// Keras's shape.
  public let shape: [Int]
  let initializer: Initializer
  /// The penalty on it.
  let regularizer: Regularizer?
  /// Whether the optimizer changes it; it doesn't change frozen weights and moving averages.
  public let isTrainable: Bool
  /// How gradients are accumulated: summed over shards, or token by token into the gradient itself.
  let isTable: Bool
  let rows: Int
  /// The gates; each has `width` columns in Keras's layout and `padded` columns in memory.
  let gates: Int
  let width: Int
  let padded: Int
  let stride: Int
  fileprivate(set) var offset = 0
  fileprivate var memory = ParameterMemory()

  fileprivate init(
    name: String, shape: [Int], gates: Int, initializer: Initializer, regularizer: Regularizer?,
    isTable: Bool, isTrainable: Bool
  ) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
    self.regularizer = regularizer
    self.isTable = isTable
    self.isTrainable = isTrainable
    self.gates = gates
    let columns = shape.last ?? 1
    rows = shape.dropLast().reduce(1, *)
    width = columns / gates
    padded = gates > 1 ? max(16, width) : width
    stride = paddedWidth(gates * padded)
  }

  /// The number of floats in the padded weight.
  var size: Int { rows * stride }
  /// The number of parameters, as Keras counts them.
  public var count: Int { shape.reduce(1, *) }

  /// The weight, `[rows, gates * padded]`.
  var values: Matrix { matrix(memory.values) }
  /// Its gradient over the whole batch.
  var gradient: Matrix { matrix(memory.gradients) }
  /// A shard's part of the gradient, for weights other than embedding tables.
  func gradient(_ shard: Shard) -> Matrix {
    memory.partials.matrix(
      at: shard.index * memory.summedSize + offset, rows: rows, columns: gates * padded, stride: stride)
  }

  private func matrix(_ buffer: FloatBuffer) -> Matrix {
    buffer.matrix(at: offset, rows: rows, columns: gates * padded, stride: stride)
  }

  /// The weight in Keras's layout.
  public var array: [Float] { read(memory.values) }
  /// The gradient in Keras's layout.
  public var gradientArray: [Float] { read(memory.gradients) }

  /// Sets the weight from Keras's layout.
  public func assign(_ values: [Float]) { write(values, to: memory.values) }

  /// This weight's part of a buffer with the layout of the weights (such as an optimizer's state), in Keras's layout.
  public func read(_ buffer: FloatBuffer) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(count)
    for row in 0..<rows {
      for gate in 0..<gates {
        let start = offset + row * stride + gate * padded
        result.append(contentsOf: buffer.array(start..<start + width))
      }
    }
    return result
  }

  /// Sets this weight's part of a buffer with the layout of the weights.
  public func write(_ values: [Float], to buffer: FloatBuffer) {
    precondition(values.count == count, "\(name) has \(count) numbers, not \(values.count)")
    for row in 0..<rows {
      for gate in 0..<gates {
        let from = (row * gates + gate) * width
        buffer.write(values[from..<from + width], at: offset + row * stride + gate * padded)
      }
    }
  }

  /// Clears one part of a table's gradient.
  func clearGradient(part: Int, of parts: Int) {
    let rows = rows * part / parts..<rows * (part + 1) / parts
    memory.gradients.fill(0, offset + rows.lowerBound * stride..<offset + rows.upperBound * stride)
  }

  /// This weight's range in the flat buffers, including padding.
  public var range: Range<Int> { offset..<offset + size }
}

/// The buffers shared by all weights of a network.
private struct ParameterMemory {
  var values = FloatBuffer(0)
  var gradients = FloatBuffer(0)
  var partials = FloatBuffer(0)
  var summedSize = 0
}

/// All weights of a network and their gradients.
public final class ParameterStore {
  /// The weights, in the layers' order.
  public private(set) var parameters: [Parameter] = []
  private var memory = ParameterMemory()

  private var numbers: [String: Int] = [:]

  /// All weights, those with summed gradients first.
  public var values: FloatBuffer { memory.values }
  /// The batch's gradients, in the layout of `values`; empty in prediction.
  public var gradients: FloatBuffer { memory.gradients }
  /// The shards' gradients, `summedSize` floats each.
  var partials: FloatBuffer { memory.partials }
  /// The number of floats of the weights whose gradients are summed over shards; embedding tables follow them.
  public var summedSize: Int { memory.summedSize }
  /// The penalties on layers' outputs.
  private var activities: [ActivityPenalty] = []

  /// Adds a layer's weight; its memory is allocated by `allocate`.
  func add(_ spec: WeightSpec, of layer: String) {
    let parameter = Parameter(
      name: "\(layer).\(spec.role)", shape: spec.shape, gates: spec.gates, initializer: spec.initializer,
      regularizer: spec.regularizer, isTable: spec.isTable, isTrainable: spec.isTrainable)
    numbers[parameter.name] = parameters.count
    parameters.append(parameter)
  }

  /// The weight of that name.
  public func parameter(_ name: String) -> Parameter? { numbers[name].map { parameters[$0] } }

  /// Lays out the weights and allocates memory.
  func allocate(training: Bool) {
    var size = 0
    for parameter in parameters where !parameter.isTable {
      parameter.offset = size
      size += parameter.size
    }
    memory.summedSize = size
    for parameter in parameters where parameter.isTable {
      parameter.offset = size
      size += parameter.size
    }
    memory.values = FloatBuffer(size)
    memory.gradients = FloatBuffer(training ? size : 0)
    memory.partials = FloatBuffer(training ? summedSize * ShardPlan.most : 0)
    for parameter in parameters { parameter.memory = memory }
  }

  /// Clears a shard's part of the gradients, before its backward pass.
  func clearGradients(_ shard: Shard) {
    partials.fill(0, shard.index * summedSize..<(shard.index + 1) * summedSize)
  }

  /// Sums the gradients of some shards, a subtree of all (ShardSums), in the flat range.
  public func sumGradients(shards: Range<Int>, _ range: Range<Int>) {
    sumShards(partials, shards: shards, stride: summedSize, range, into: gradients)
  }

  /// The penalty on a layer's output, if there is a regularizer.
  func penalize(_ regularizer: Regularizer?) -> ActivityPenalty? {
    guard let regularizer else { return nil }
    let activity = ActivityPenalty(regularizer)
    activities.append(activity)
    return activity
  }

  /// Begins a batch: activity penalties are averaged over its rows.
  func beginActivities(rows: Int) { for activity in activities { activity.rows = rows } }

  /// The sum of the activity penalties of the last batch.
  public func activityPenalty(_ plan: ShardPlan) -> Double {
    activities.reduce(0) { $0 + $1.value(plan) }
  }

  /// What each shard contributes to the penalties on layers' outputs.
  var activityValues: [any ShardValues] { activities }
}
