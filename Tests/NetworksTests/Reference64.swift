// Networks in double precision, written only for clarity, equation by equation: the reference for the gradients of
// the fast layers, by finite differences.

import Glibc
import Kernels
import Networks

/// Values `[rows, steps, width]`, row-major; one step if there is no time axis.
struct Values64 {
  let rows: Int
  let steps: Int
  let width: Int
  var numbers: [Double]
  /// Which steps of which rows are unmasked, `[rows, steps]`; nil if all are.
  var mask: [Bool]?

  init(rows: Int, steps: Int, width: Int) {
    self.rows = rows
    self.steps = steps
    self.width = width
    numbers = [Double](repeating: 0, count: rows * steps * width)
  }

  /// The numbers of one row at one step.
  subscript(row: Int, step: Int) -> [Double] {
    get { Array(numbers[range(row, step)]) }
    set { numbers.replaceSubrange(range(row, step), with: newValue) }
  }

  /// Whether a step of a row is unmasked.
  func counts(_ row: Int, _ step: Int) -> Bool { mask?[row * steps + step] ?? true }

  private func range(_ row: Int, _ step: Int) -> Range<Int> {
    let start = (row * steps + step) * width
    return start..<start + width
  }

  /// The same steps in the opposite order.
  var reversedInTime: Values64 {
    var result = self
    for row in 0..<rows {
      for step in 0..<steps {
        result[row, step] = self[row, steps - 1 - step]
        if let mask { result.mask?[row * steps + step] = mask[row * steps + steps - 1 - step] }
      }
    }
    return result
  }
}

/// A change of a layer's h in one row after one of its steps.
struct Nudge64 {
  let layer: String
  let row: Int
  let walked: Int
  let change: [Double]
}

/// A network in double precision.
struct Reference64 {
  let architecture: Architecture
  /// Every weight by name, in Keras's layout.
  var weights: [String: [Double]]
  /// Whether values are dropped, as in the first step of training with seed 0.
  var drops = false
  /// A perturbation of one state, if requested.
  var nudge: Nudge64?

  /// The first output for `input`: numbers, or token ids as numbers of width 1.
  func output(_ input: Values64) -> Values64 { outputs([input])[0] }

  /// The outputs for these inputs.
  func outputs(_ inputs: [Values64]) -> [Values64] {
    let topology = architecture.topology
    var values: [[Values64]] = []
    func value(_ source: Topology.Source) -> Values64 {
      switch source {
      case .input(let number): inputs[number]
      case .node(let number, let output): values[number][output]
      }
    }
    for (number, node) in topology.nodes.enumerated() {
      let layer = topology.layers[node.layer]
      let read = node.inputs.map(value)
      let name = architecture.names[node.layer].name
      var given = layer.dropRate.map { [drop(number, $0, layer, read[0])] } ?? apply(layer, name, read)
      if layer.keepsSteps { given[0].mask = given[0].mask ?? read[0].mask }
      values.append(given)
    }
    return topology.outputs.map { value($0.source) }
  }

  /// A layer's values: its output, then its states.
  private func apply(_ layer: LayerSpec, _ name: String, _ inputs: [Values64]) -> [Values64] {
    let x = inputs[0]
    switch layer.name {
    case "embedding": return [embedding(name, masksZero: layer.description.contains("mask_zero"), x)]
    case "masking": return [masking(0, x)]
    case "activation": return [each(x, x.width) { layer.apply($0) }]
    case "dense":
      let units = (weights["\(name).kernel"]?.count ?? 0) / x.width
      return [each(x, units) { layer.apply(affine($0, name, units)) }]
    case "bidirectional": return [bidirectional(name, layer, x, zeroes: layer.keepsSteps)]
    case _ where !layer.directions.isEmpty: return walk(name, layer, inputs)
    case "repeat_vector": return [repeated(x, layer)]
    case "cropping1d": return [cropped(x, layer)]
    case "ascending":
      return [each(x, x.width) { ascending($0, count: Int(layer.description.filter(\.isNumber)) ?? 1) }]
    case "last_step", "channel_segments", "join_channels", "segment_gru":
      return [channelLayer(layer, name, x)]
    case "add", "subtract", "multiply", "average": return [merge(layer.name, inputs)]
    case "concatenate": return [concatenate(inputs)]
    case "attention", "additive_attention": return [attention(name, layer, inputs)]
    default: return inputs
    }
  }

  private func repeated(_ x: Values64, _ layer: LayerSpec) -> Values64 {
    let count = Int(layer.description.filter(\.isNumber)) ?? 1
    var y = Values64(rows: x.rows, steps: count, width: x.width)
    for row in 0..<x.rows { for step in 0..<count { y[row, step] = x[row, 0] } }
    return y
  }

  private func cropped(_ x: Values64, _ layer: LayerSpec) -> Values64 {
    let numbers = layer.description.dropFirst("cropping1d".count).split { !$0.isNumber }.compactMap {
      Int($0)
    }
    let (start, end) = (numbers.first ?? 1, numbers.last ?? 1)
    var y = Values64(rows: x.rows, steps: x.steps - start - end, width: x.width)
    for row in 0..<x.rows { for step in 0..<y.steps { y[row, step] = x[row, step + start] } }
    return y
  }

  /// Values of equal shapes, number by number.
  private func merge(_ name: String, _ inputs: [Values64]) -> Values64 {
    let inputs = stretched(inputs)
    var y = inputs[0]
    for x in inputs.dropFirst() {
      y.numbers = zip(y.numbers, x.numbers).map {
        name == "multiply" ? $0 * $1 : $0 + (name == "subtract" ? -$1 : $1)
      }
    }
    if name == "average" { y.numbers = y.numbers.map { $0 / Double(inputs.count) } }
    return y
  }

  private func concatenate(_ inputs: [Values64]) -> Values64 {
    let width = inputs.reduce(0) { $0 + $1.width }
    var y = Values64(rows: inputs[0].rows, steps: inputs[0].steps, width: width)
    for row in 0..<y.rows { for step in 0..<y.steps { y[row, step] = inputs.flatMap { $0[row, step] } } }
    return y
  }

  /// The output of the network's dropout layer number `number`.
  private func drop(_ number: Int, _ rate: Float, _ spec: LayerSpec, _ x: Values64) -> Values64 {
    var y = x
    let key = DropoutKey(seed: 0, layer: number, step: 0)
    for step in 0..<x.steps where drops {
      let time = spec.dropsFeatures ? 0 : step
      let mask = Mask64(key, rate, rows: x.rows, columns: x.width, number: time)
      for row in 0..<x.rows { y[row, step] = mask.apply(x[row, step], row) }
    }
    return y
  }

  /// `body` of every row and step.
  private func each(_ x: Values64, _ width: Int, _ body: ([Double]) -> [Double]) -> Values64 {
    var y = Values64(rows: x.rows, steps: x.steps, width: width)
    for row in 0..<x.rows {
      for step in 0..<x.steps { y[row, step] = body(x[row, step]) }
    }
    return y
  }

  private func embedding(_ name: String, masksZero: Bool, _ x: Values64) -> Values64 {
    let width = architecture.shapes()[architecture.names.firstIndex { $0.name == name } ?? 0].last ?? 1
    var y = each(x, width) { row(Int($0[0]), of: "\(name).embeddings", width: width) }
    if masksZero { y.mask = x.numbers.map { $0 != 0 } }
    return y
  }

  private func masking(_ value: Float, _ x: Values64) -> Values64 {
    var y = x
    var mask: [Bool] = []
    for row in 0..<x.rows {
      for step in 0..<x.steps {
        mask.append(x[row, step].contains { $0 != Double(value) })
        if mask.last == false { y[row, step] = x[row, step].map { _ in 0 } }
      }
    }
    y.mask = mask
    return y
  }

  func row(_ index: Int, of name: String, width: Int) -> [Double] {
    Array((weights[name] ?? [])[index * width..<(index + 1) * width])
  }

  private func affine(_ x: [Double], _ name: String, _ units: Int) -> [Double] {
    add(x * Matrix64(weights["\(name).kernel"] ?? [], units), weights["\(name).bias"])
  }

  /// The backward half reads the steps from the last to the first; its steps are then reversed again.
  /// Its masked steps are zero if all steps are returned.
  private func bidirectional(
    _ name: String, _ layer: LayerSpec, _ x: Values64, zeroes: Bool
  ) -> Values64 {
    let inner = layer.wrapped[0]
    let merge = layer.mergeMode
    let first = walk("\(name).forward", inner, [x])[0]
    let second = walk("\(name).backward", inner, [x.reversedInTime])[0].reversedInTime
    let width = merge == "concat" ? 2 * first.width : first.width
    var y = Values64(rows: first.rows, steps: first.steps, width: width)
    for row in 0..<y.rows {
      for step in 0..<y.steps where !zeroes || x.counts(row, step) {
        y[row, step] = joined(merge, first[row, step], second[row, step])
      }
    }
    return y
  }

  /// A recurrent layer's output, and its final states.
  private func walk(_ name: String, _ layer: LayerSpec, _ inputs: [Values64]) -> [Values64] {
    let (options, x) = (layer.directions[0].options, inputs[0])
    if let cell = furtherCell(name, layer, inputWidth: x.width) {
      return walk(name, inputs, options, cell, masks(name, cell.gates, options, x, state: cell.widths[0]))
    }
    switch layer.name {
    case "lstm":
      return walk(name, inputs, options, LSTM64(weights(name), options), masks(name, 4, options, x))
    case "gru":
      return walk(name, inputs, options, GRU64(weights(name), options), masks(name, 3, options, x))
    default:
      return walk(name, inputs, options, SimpleRNN64(weights(name), options), masks(name, 1, options, x))
    }
  }

  /// Runs a cell over time, from a state of zeros, or from the given one, in which case the mask is ignored.
  private func walk(
    _ name: String, _ inputs: [Values64], _ options: RecurrentOptions, _ cell: some Cell64,
    _ masks: CellMasks64
  ) -> [Values64] {
    let x = options.goBackwards ? inputs[0].reversedInTime : inputs[0]
    let initial = Array(inputs.dropFirst())
    let first = cell.firstState
    var y = Values64(rows: x.rows, steps: options.returnSequences ? x.steps : 1, width: cell.widths[0])
    var last = cell.widths.map { Values64(rows: x.rows, steps: 1, width: $0) }
    for row in 0..<x.rows {
      var state = cell.widths.map { [Double](repeating: 0, count: $0) }
      for (number, value) in initial.enumerated() { state[first + number] = value[row, 0] }
      for step in 0..<x.steps {
        if !initial.isEmpty || x.counts(row, step) {
          state = cell.next(
            masks.input.map { $0.apply(x[row, step], row) } + (cell.readsInput ? [x[row, step]] : []),
            masks.state.map { $0.apply(state[0], row) }, state)
        }
        if let nudge, nudge.layer == name, nudge.row == row, nudge.walked == step {
          state[0] = add(state[0], nudge.change)
        }
        y[row, options.returnSequences ? step : 0] = state[0]
      }
      for number in state.indices { last[number][row, 0] = state[number] }
    }
    return [y] + last[first...]
  }

  /// A mask for each gate, or the same for all: those drawn by the fast layer, or 1 without dropout.
  private func masks(
    _ name: String, _ gates: Int, _ options: RecurrentOptions, _ x: Values64, state width: Int? = nil
  ) -> CellMasks64 {
    let ownMasks = options.recurrentDropout > 0
    let (rate, stateRate) = drops ? (options.dropout, options.recurrentDropout) : (0, 0)
    return CellMasks64(
      input: (0..<gates).map {
        Mask64("\(name).kernel", rate, rows: x.rows, columns: x.width, number: ownMasks ? $0 : 0)
      },
      state: (0..<gates).map {
        Mask64(
          "\(name).recurrent_kernel", stateRate, rows: x.rows, columns: width ?? options.units, number: $0)
      })
  }

  /// The last state of a GRU, and its cell.
  func walkGRU(_ name: String, units: Int, _ x: Values64) -> (state: Values64, cell: GRU64) {
    let options = RecurrentOptions(units: units)
    let cell = GRU64(weights(name), options)
    return (walk(name, [x], options, cell, masks(name, 3, options, x))[0], cell)
  }

  private func weights(_ layer: String) -> CellWeights64 {
    CellWeights64(
      kernel: weights["\(layer).kernel"] ?? [], recurrent: weights["\(layer).recurrent_kernel"] ?? [],
      bias: weights["\(layer).bias"])
  }
}

/// Dropout masks of a cell, one per gate.
private struct CellMasks64 {
  let input: [Mask64]
  let state: [Mask64]
}

/// One dropout mask, `[rows, columns]`.
private struct Mask64 {
  private let numbers: [Float]
  private let stride: Int

  init(_ weight: String, _ rate: Float, rows: Int, columns: Int, number: Int) {
    let key = DropoutKey(seed: 0, name: weight, step: 0)
    self.init(key, rate, rows: rows, columns: columns, number: number)
  }

  init(_ key: DropoutKey, _ rate: Float, rows: Int, columns: Int, number: Int) {
    stride = paddedWidth(columns)
    let buffer = FloatBuffer(count: rows * stride, zero: 1)
    if rate > 0 {
      drawMask(
        rate: rate, key: key, firstRow: 0, number: number,
        into: buffer.matrix(rows: rows, columns: columns, stride: stride))
    }
    numbers = buffer.array
  }

  func apply(_ values: [Double], _ row: Int) -> [Double] {
    values.enumerated().map { $1 * Double(numbers[row * stride + $0]) }
  }
}

extension LayerSpec {
  /// The rate of a dropout layer; nil for other layers.
  fileprivate var dropRate: Float? {
    guard name.hasSuffix("dropout") || name == "spatial_dropout1d" else { return nil }
    return Float(description.split(separator: "(").last?.dropLast() ?? "0")
  }

  /// Whether a feature is dropped at all steps or none.
  fileprivate var dropsFeatures: Bool { name == "spatial_dropout1d" }

  /// Whether all steps are returned, if there are any.
  fileprivate var keepsSteps: Bool {
    if let first = directions.first { return first.options.returnSequences }
    return !name.hasPrefix("global_")
      && !["concatenate", "add", "multiply", "repeat_vector", "cropping1d"].contains(
        name)
  }

  /// How a bidirectional layer combines its directions.
  fileprivate var mergeMode: String {
    ["sum", "ave", "mul"].first { description.contains("merge=\($0)") } ?? "concat"
  }

  /// The function that computes the layer's output.
  fileprivate func apply(_ z: [Double]) -> [Double] {
    switch outputFunction {
    case .elementwise(let kind): return z.map(kind.apply)
    case .softmax:
      let powers = z.map { exp($0 - (z.max() ?? 0)) }
      let total = powers.reduce(0, +)
      return powers.map { $0 / total }
    case nil: return z
    }
  }
}

/// Groups of numbers: the middle one, and cumulated softplus distances from it.
private func ascending(_ x: [Double], count: Int) -> [Double] {
  var y = x
  let middle = count / 2
  for first in stride(from: 0, to: x.count, by: count) {
    for i in middle + 1..<max(middle + 1, count) {
      y[first + i] = y[first + i - 1] + ActivationKind.softplus.apply(x[first + i])
    }
    for i in (0..<middle).reversed() {
      y[first + i] = y[first + i + 1] - ActivationKind.softplus.apply(x[first + i])
    }
  }
  return y
}

private func joined(_ merge: String, _ a: [Double], _ b: [Double]) -> [Double] {
  switch merge {
  case "sum": add(a, b)
  case "ave": add(a, b).map { $0 / 2 }
  case "mul": zip(a, b).map { $0 * $1 }
  default: a + b
  }
}
