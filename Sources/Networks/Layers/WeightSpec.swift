// A weight of a layer before it is allocated: its role, shape and initializer.

/// The definition of one of a layer's weights.
struct WeightSpec: Sendable {
  /// Its role in the layer: `kernel`, `forward.recurrent_kernel`.
  let role: String
  /// Keras's shape.
  let shape: [Int]
  /// How many gates the columns are for, side by side.
  var gates = 1
  let initializer: Initializer
  var regularizer: Regularizer?
  /// Whether gradients are sparse: only the rows of a batch's tokens.
  var isTable = false
  /// Whether the optimizer changes it; it doesn't change weights of frozen layers and moving averages.
  var isTrainable = true
  /// The object within the layer that holds it in Keras's files: none, `cell`, `forward_layer/cell`, `layer`.
  var holder = ""

  /// The same weight in a layer that is wrapped by another one.
  func held(role prefix: String, holder outer: String) -> WeightSpec {
    var result = WeightSpec(
      role: prefix + role, shape: shape, gates: gates, initializer: initializer, regularizer: regularizer,
      isTable: isTable, isTrainable: isTrainable)
    result.holder = holder.isEmpty ? outer : "\(outer)/\(holder)"
    return result
  }

  /// The same weight in a frozen layer.
  var frozen: WeightSpec {
    var result = self
    result.isTrainable = false
    return result
  }

  /// How many numbers it has.
  var count: Int { shape.reduce(1, *) }
}
