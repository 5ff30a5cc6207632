// Builds a chain of steps: decides which matrices are multiplied as integers, and packs all weights.

/// A chain that is being built.
struct StepChainBuilder {
  let memory = StepMemory()
  private(set) var records: [StepRecord] = []
  private(set) var tokens: StepTokens?
  private(set) var integerMatrices = 0
  /// The row that the first layer reads.
  let input: StepVector
  private let kind: StepInput
  private let layers: [StepLayer]

  init(_ input: StepInput, _ layers: [StepLayer]) {
    precondition(!layers.isEmpty, "a chain without layers")
    for (number, layer) in layers.enumerated() {
      precondition(
        layer.inputWidth == (number == 0 ? input.width : layers[number - 1].width),
        "layers of different widths")
    }
    (kind, self.layers) = (input, layers)
    self.input = memory.vector(input.width)
  }

  /// The width of the output.
  var width: Int { layers.last?.width ?? 0 }

  mutating func build() {
    var (source, levels) = ((input, input), inputLevels())
    if case .tokens(let values, let width) = kind { tokens = rows(values, width, levels: levels) }
    for (number, layer) in layers.enumerated() {
      let own = outputLevels(number)
      let record = record(layer, reading: source, levels: levels, writing: own)
      records.append(record)
      // A recurrent layer's new state is where the one before it will be at the next step.
      source = (record.state.1, record.state.0)
      levels = own
    }
  }

  // MARK: Levels

  /// The levels of 1 in which the first layer reads its input.
  private func inputLevels() -> Float {
    guard case .tokens(let values, _) = kind, let largest = values.map(\.magnitude).max(), largest > 0,
      largest.isFinite
    else { return 0 }
    return levels(bound: largest, [layers[0].kernel])
  }

  /// The levels of 1 in which layer `number` writes its output: those who read it are its own state's matrix and the next
  /// layer's.
  private func outputLevels(_ number: Int) -> Float {
    guard let bound = layers[number].bound else { return 0 }
    let next =
      number + 1 < layers.count && !Self.isNarrow(layers[number + 1]) ? layers[number + 1].kernel : nil
    return levels(bound: bound, [layers[number].recurrent, next].compactMap { $0 })
  }

  /// The most levels with which no sum of the matrices that have bytes exceeds 32 bits; 0 if none has, or if they would be
  /// few.
  private func levels(bound: Float, _ readers: [StepMatrix]) -> Float {
    guard let largest = readers.filter({ $0.bytes != nil }).map(\.largestColumnSum).max() else { return 0 }
    let most = min(32767, Int(Int32.max) / max(1, largest))
    return most < 8192 ? 0 : Float(most) / bound
  }

  // MARK: Layers

  private func rows(_ values: [Float], _ width: Int, levels: Float) -> StepTokens {
    let (count, stride) = (values.count / max(1, width), paddedWidth(width))
    let target = memory.floats(count * stride)
    for index in values.indices { target[index / width * stride + index % width] = values[index] }
    return StepTokens(rows: UnsafePointer(target), count: count, stride: stride, levels: levels)
  }

  private mutating func record(
    _ layer: StepLayer, reading source: (StepVector, StepVector), levels: Float, writing own: Float
  ) -> StepRecord {
    let columns = columns(layer)
    let isNarrow = Self.isNarrow(layer)
    let reads = isNarrow ? 0 : levels
    integerMatrices += (reads > 0 && layer.kernel.bytes != nil ? 1 : 0)
    integerMatrices += (own > 0 && layer.recurrent?.bytes != nil ? 1 : 0)
    let kernel = isNarrow ? narrowWeights(layer.kernel) : memory.pack(layer.kernel, columns, levels: reads)
    let state = memory.vector(layer.width)
    return StepRecord(
      kind: recordKind(layer), groups: columns.groups, units: layer.width, input: source,
      state: (state, layer.recurrent == nil ? state : memory.vector(layer.width)), kernel: kernel,
      recurrent: layer.recurrent.map { memory.pack($0, columns, levels: own) } ?? kernel,
      bias: biases(layer, columns), memory: memory.floats(layer.width), activations: activations(layer),
      isDefault: activations(layer).isDefault, isSoftmax: isSoftmax(layer),
      levels: own, table: TanhTable.shared.base)
  }

  private func recordKind(_ layer: StepLayer) -> StepRecord.Kind {
    switch layer {
    case .lstm: .lstm
    case .gru: .gru
    case .simpleRNN: .simpleRNN
    case .dense: Self.isNarrow(layer) ? .narrowDense : .dense
    }
  }

  /// Whether a layer's few outputs are sums over lanes.
  private static func isNarrow(_ layer: StepLayer) -> Bool {
    if case .dense(let kernel, _, _) = layer { kernel.columns <= 3 } else { false }
  }

  private func columns(_ layer: StepLayer) -> StepColumns {
    switch layer {
    case .lstm(let cell):
      StepColumns(units: cell.units, gates: 4, halved: cell.activations.isDefault ? [0, 1, 3] : [])
    case .gru(let cell):
      StepColumns(units: cell.units, gates: 3, halved: cell.activations.isDefault ? [0, 1] : [])
    case .simpleRNN, .dense: StepColumns(units: layer.width, gates: 1)
    }
  }

  private func isSoftmax(_ layer: StepLayer) -> Bool {
    if case .dense(_, _, .softmax) = layer { true } else { false }
  }

  private func activations(_ layer: StepLayer) -> CellActivations {
    switch layer {
    case .lstm(let cell), .gru(let cell), .simpleRNN(let cell): cell.activations
    case .dense(_, _, .elementwise(let kind)): CellActivations(activation: kind, recurrent: .linear)
    case .dense(_, _, .softmax): CellActivations(activation: .linear, recurrent: .linear)
    }
  }

  /// The first values of the sums. A GRU's gates add both biases; its candidate's second one follows.
  private func biases(_ layer: StepLayer, _ columns: StepColumns) -> UnsafePointer<Float> {
    switch layer {
    case .lstm(let cell), .simpleRNN(let cell): return memory.columns(columns) { cell.bias[$0] }
    case .dense(_, let bias, _): return memory.columns(columns) { bias[$0] }
    case .gru(let cell):
      let units = cell.units
      let target = memory.floats(columns.groups * 64)
      let gates = memory.columns(columns) { column in
        cell.bias[column] + (column < 2 * units ? cell.bias[3 * units + column] : 0)
      }
      target.update(from: gates, count: columns.groups * 48)
      for unit in 0..<units { target[columns.groups * 48 + unit] = cell.bias[5 * units + unit] }
      return UnsafePointer(target)
    }
  }

  /// The weights of a dense layer with a few outputs, `[units][depth]`.
  private func narrowWeights(_ matrix: StepMatrix) -> StepWeights {
    let depth = paddedWidth(matrix.depth)
    let target = memory.floats(depth * matrix.columns)
    for (index, value) in matrix.values.enumerated() {
      target[index % matrix.columns * depth + index / matrix.columns] = value
    }
    return .floats(UnsafePointer(target), depth: depth)
  }

  // MARK: Bounds

  /// The largest size of a feature with which the first layer's sums are finite.
  var largestInput: Float {
    let kernel = layers[0].kernel
    var sums = [Double](repeating: 0, count: kernel.columns)
    for (index, value) in kernel.values.enumerated() {
      sums[index % kernel.columns] += Double(value.magnitude)
    }
    let largest = sums.max() ?? 0
    return largest <= 1 ? 1e38 : Float(1e38 / largest)
  }
}
