// Networks in double precision, written as the equations stand and for nothing but clarity: what the fast
// layers' gradients are held against, by differences.

import Glibc
import Kernels
import Networks

/// Values `[rows, steps, width]`, row-major; one step where there is no time axis.
struct Values64 {
  let rows: Int
  let steps: Int
  let width: Int
  var numbers: [Double]
  /// Which steps of which rows count, `[rows, steps]`; nil where all do.
  var mask: [Bool]?

  init(rows: Int, steps: Int, width: Int) {
    self.rows = rows
    self.steps = steps
    self.width = width
    numbers = [Double](repeating: 0, count: rows * steps * width)
  }

  /// The numbers of one row at one step.
  subscript(row: Int, step: Int) -> [Double] {
    get { Array(numbers[place(row, step)]) }
    set { numbers.replaceSubrange(place(row, step), with: newValue) }
  }

  /// Whether a step of a row counts.
  func counts(_ row: Int, _ step: Int) -> Bool { mask?[row * steps + step] ?? true }

  private func place(_ row: Int, _ step: Int) -> Range<Int> {
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

/// A change of one layer's h in one row after one of the steps it walks.
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
  /// What is added to one state on its way, where asked for.
  var nudge: Nudge64?

  /// The output for `input`: numbers, or token ids as numbers of width 1.
  func output(_ input: Values64) -> Values64 {
    zip(architecture.layers, architecture.names).enumerated().reduce(input) { x, layer in
      let (number, (spec, names)) = layer
      var y = spec.dropRate.map { drop(number, $0, spec, x) } ?? apply(spec, names.name, x)
      if spec.keepsSteps { y.mask = y.mask ?? x.mask }
      return y
    }
  }

  private func apply(_ layer: LayerSpec, _ name: String, _ x: Values64) -> Values64 {
    switch layer {
    case .embedding(let options): embedding(name, options, x)
    case .masking(let value): masking(value, x)
    case .dense(let options):
      each(x, options.units) { options.activation.apply(affine($0, name, options.units)) }
    case .bidirectional(let options):
      bidirectional(name, options.forward, options.merge, x, zeroes: layer.keepsSteps)
    case .simpleRNN(let options):
      walk(
        name, x, options, SimpleRNN64(weights(name), options), masks(name, 1, options, x))
    case .lstm(let options):
      walk(
        name, x, options, LSTM64(weights(name), options), masks(name, 4, options, x))
    case .gru(let options):
      walk(
        name, x, options, GRU64(weights(name), options), masks(name, 3, options, x))
    default: x
    }
  }

  /// What the Dropout layer that stands at place `number` in the network lets through.
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

  private func embedding(_ name: String, _ options: EmbeddingOptions, _ x: Values64) -> Values64 {
    let width = options.width
    var y = each(x, width) { row(Int($0[0]), of: "\(name).embeddings", width: width) }
    if options.maskZero { y.mask = x.numbers.map { $0 != 0 } }
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

  private func row(_ index: Int, of name: String, width: Int) -> [Double] {
    Array((weights[name] ?? [])[index * width..<(index + 1) * width])
  }

  private func affine(_ x: [Double], _ name: String, _ units: Int) -> [Double] {
    add(x * Matrix64(weights["\(name).kernel"] ?? [], units), weights["\(name).bias"])
  }

  /// The backward half reads the steps from the last to the first; its steps are put in order again.
  /// Its masked steps are zero where all steps go on.
  private func bidirectional(
    _ name: String, _ inner: LayerSpec, _ merge: MergeMode, _ x: Values64, zeroes: Bool
  ) -> Values64 {
    let first = apply(inner, "\(name).forward", x)
    let second = apply(inner, "\(name).backward", x.reversedInTime).reversedInTime
    let width = merge == .concat ? 2 * first.width : first.width
    var y = Values64(rows: first.rows, steps: first.steps, width: width)
    for row in 0..<y.rows {
      for step in 0..<y.steps where !zeroes || x.counts(row, step) {
        y[row, step] = merge.apply(first[row, step], second[row, step])
      }
    }
    return y
  }

  /// A cell's way through time, from a state of zeros.
  private func walk(
    _ name: String, _ x: Values64, _ options: RecurrentOptions, _ cell: some Cell64, _ masks: CellMasks64
  ) -> Values64 {
    let x = options.goBackwards ? x.reversedInTime : x
    var y = Values64(rows: x.rows, steps: options.returnSequences ? x.steps : 1, width: options.units)
    for row in 0..<x.rows {
      var state = [[Double]](repeating: [Double](repeating: 0, count: options.units), count: 2)
      for step in 0..<x.steps {
        if x.counts(row, step) {
          state = cell.next(
            masks.input.map { $0.apply(x[row, step], row) },
            masks.state.map { $0.apply(state[0], row) }, state)
        }
        if let nudge, nudge.layer == name, nudge.row == row, nudge.walked == step {
          state[0] = add(state[0], nudge.change)
        }
        y[row, options.returnSequences ? step : 0] = state[0]
      }
    }
    return y
  }

  /// A mask for each gate, or the same for all: those that the fast layer draws, 1 where nothing is dropped.
  private func masks(_ name: String, _ gates: Int, _ options: RecurrentOptions, _ x: Values64) -> CellMasks64
  {
    let ownMasks = options.recurrentDropout > 0
    let (rate, stateRate) = drops ? (options.dropout, options.recurrentDropout) : (0, 0)
    return CellMasks64(
      input: (0..<gates).map {
        Mask64("\(name).kernel", rate, rows: x.rows, columns: x.width, number: ownMasks ? $0 : 0)
      },
      state: (0..<gates).map {
        Mask64("\(name).recurrent_kernel", stateRate, rows: x.rows, columns: options.units, number: $0)
      })
  }

  private func weights(_ layer: String) -> CellWeights64 {
    CellWeights64(
      kernel: weights["\(layer).kernel"] ?? [], recurrent: weights["\(layer).recurrent_kernel"] ?? [],
      bias: weights["\(layer).bias"])
  }
}

/// Dropout masks of a cell, one a gate.
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
  /// How much a dropout layer drops; nil for other layers.
  fileprivate var dropRate: Float? {
    switch self {
    case .dropout(let rate), .spatialDropout1D(let rate): rate
    default: nil
    }
  }

  /// Whether a feature is dropped at all steps or none.
  fileprivate var dropsFeatures: Bool { if case .spatialDropout1D = self { true } else { false } }

  /// Whether all steps go on, where there are any.
  fileprivate var keepsSteps: Bool {
    switch self {
    case .simpleRNN(let options), .lstm(let options), .gru(let options): options.returnSequences
    case .bidirectional(let options): options.forward.keepsSteps
    case .globalAveragePooling1D, .globalMaxPooling1D: false
    default: true
    }
  }
}

extension MergeMode {
  fileprivate func apply(_ a: [Double], _ b: [Double]) -> [Double] {
    switch self {
    case .concat: a + b
    case .sum: add(a, b)
    case .ave: add(a, b).map { $0 / 2 }
    case .mul: zip(a, b).map { $0 * $1 }
    }
  }
}

extension Dense.Function {
  fileprivate func apply(_ z: [Double]) -> [Double] {
    switch self {
    case .elementwise(let kind): return z.map(kind.apply)
    case .softmax:
      let powers = z.map { exp($0 - (z.max() ?? 0)) }
      let total = powers.reduce(0, +)
      return powers.map { $0 / total }
    }
  }
}
