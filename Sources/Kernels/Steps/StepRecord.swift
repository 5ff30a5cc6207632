// A layer of a chain as its step reads it, and the step: sums of tiles, and the function of each 16 units.

/// A layer: what it reads, its weights, and what it writes. At every other step, states change places.
struct StepRecord {
  enum Kind { case lstm, gru, simpleRNN, dense, narrowDense }

  var kind: Kind
  /// Groups of 16 units, and the number of units.
  var groups: Int
  var units: Int
  /// What it reads at even and at odd steps.
  var input: (StepVector, StepVector)
  /// Its output of the step before, and of this one, at even steps; the other way around at odd ones. A dense layer has one.
  var state: (StepVector, StepVector)
  var kernel: StepWeights
  var recurrent: StepWeights
  /// The first values of the sums; of a GRU, the biases of h U of the candidate follow, one for each group.
  var bias: UnsafePointer<Float>
  /// An LSTM's c, or a dense layer's z.
  var memory: UnsafeMutablePointer<Float>
  var activations: CellActivations
  /// Whether they are tanh and sigmoid.
  var isDefault: Bool
  /// Of a dense layer: whether its function is softmax.
  var isSoftmax: Bool
  /// Levels of 1 in which the output is written besides; 0 if nothing reads them.
  var levels: Float
  var table: UnsafePointer<Float>

  /// What is read, the state before, and the state after this step.
  @inline(__always)
  func vectors(_ isOdd: Bool) -> (input: StepVector, before: StepVector, after: StepVector) {
    isOdd ? (input.1, state.1, state.0) : (input.0, state.0, state.1)
  }
}

extension UnsafePointer<StepRecord> {
  /// Computes the layer's next output.
  func step(_ isOdd: Bool) {
    switch pointee.kind {
    case .lstm:
      if pointee.isDefault {
        stepLSTM(self, isOdd)
      } else {
        stepLSTM(self, isOdd, selected: pointee.activations)
      }
    case .gru:
      if pointee.isDefault {
        stepGRU(self, isOdd)
      } else {
        stepGRU(self, isOdd, selected: pointee.activations)
      }
    case .simpleRNN: stepSimpleRNN(self, isOdd)
    case .dense: stepDense(self, isOdd)
    case .narrowDense: stepNarrowDense(self, isOdd)
    }
  }
}

// MARK: - LSTM

@inline(never)
private func stepLSTM(_ layer: UnsafePointer<StepRecord>, _ isOdd: Bool) {
  lstmTiles(layer, isOdd, TableFunctions(table: layer.pointee.table))
}

@inline(never)
private func stepLSTM(_ layer: UnsafePointer<StepRecord>, _ isOdd: Bool, selected kinds: CellActivations) {
  lstmTiles(layer, isOdd, SelectedFunctions(kinds: kinds))
}

@inline(__always)
private func lstmTiles(_ layer: UnsafePointer<StepRecord>, _ isOdd: Bool, _ functions: some StepFunctions) {
  let groups = layer.pointee.groups
  var group = 0
  while group + 2 <= groups {
    lstmTile(Count<8>.self, Count<1>.self, layer, isOdd, group, functions)
    group += 2
  }
  if group < groups { lstmTile(Count<4>.self, Count<2>.self, layer, isOdd, group, functions) }
}

@inline(__always)
private func lstmTile<let T: Int, let C: Int>(
  _: Count<T>.Type, _ chains: Count<C>.Type, _ layer: UnsafePointer<StepRecord>, _ isOdd: Bool, _ group: Int,
  _ functions: some StepFunctions
) {
  let (input, before, after) = layer.pointee.vectors(isOdd)
  let first = group * 4
  var z = InlineArray<T, Lanes>(repeating: Lanes(repeating: 0))
  for t in 0..<T { z[t] = (layer.pointee.bias + (first + t) * 16).lanes }
  addProducts(&z, Count<1>.self, input, layer.pointee.kernel, first)
  addProducts(&z, chains, before, layer.pointee.recurrent, first)
  lstmUnits(layer, group * 16, after, functions, z[0], z[1], z[2], z[3])
  if T == 8 { lstmUnits(layer, group * 16 + 16, after, functions, z[4], z[5], z[6], z[7]) }
}

/// c and h of 16 units from the sums of the gates i f g o.
@inline(__always)
private func lstmUnits(
  _ layer: UnsafePointer<StepRecord>, _ j: Int, _ after: StepVector, _ functions: some StepFunctions,
  _ i: Lanes, _ f: Lanes, _ g: Lanes, _ o: Lanes
) {
  let c = layer.pointee.memory + j
  let result = functions.lstm(i, f, g, o, before: c.lanes)
  c.lanes = result.c
  after.store(result.h, at: j, levels: layer.pointee.levels)
}

// MARK: - GRU

@inline(never)
private func stepGRU(_ layer: UnsafePointer<StepRecord>, _ isOdd: Bool) {
  gruTiles(layer, isOdd, TableFunctions(table: layer.pointee.table))
}

@inline(never)
private func stepGRU(_ layer: UnsafePointer<StepRecord>, _ isOdd: Bool, selected kinds: CellActivations) {
  gruTiles(layer, isOdd, SelectedFunctions(kinds: kinds))
}

@inline(__always)
private func gruTiles(_ layer: UnsafePointer<StepRecord>, _ isOdd: Bool, _ functions: some StepFunctions) {
  let groups = layer.pointee.groups
  var group = 0
  while group + 2 <= groups {
    gruTile(Count<6>.self, Count<2>.self, layer, isOdd, group, functions)
    group += 2
  }
  if group < groups { gruTile(Count<3>.self, Count<4>.self, layer, isOdd, group, functions) }
}

@inline(__always)
private func gruTile<let T: Int, let C: Int>(
  _: Count<T>.Type, _ chains: Count<C>.Type, _ layer: UnsafePointer<StepRecord>, _ isOdd: Bool, _ group: Int,
  _ functions: some StepFunctions
) {
  let (input, before, after) = layer.pointee.vectors(isOdd)
  let first = group * 3
  let candidateBias = layer.pointee.bias + layer.pointee.groups * 48 + group * 16
  var z = InlineArray<T, Lanes>(repeating: Lanes(repeating: 0))
  for t in 0..<T { z[t] = (layer.pointee.bias + (first + t) * 16).lanes }
  addProducts(&z, Count<1>.self, input, layer.pointee.kernel, first)
  // The candidate needs x W and h U apart.
  let candidates = (z[2], z[T - 1])
  z[2] = candidateBias.lanes
  if T == 6 { z[T - 1] = (candidateBias + 16).lanes }
  addProducts(&z, chains, before, layer.pointee.recurrent, first)
  let levels = layer.pointee.levels
  for n in 0..<T / 3 {
    let j = (group + n) * 16
    let candidate = n == 0 ? candidates.0 : candidates.1
    let state = UnsafePointer(before.floats + j).lanes
    let h =
      n == 0
      ? functions.gru(z[0], z[1], candidate, z[2], before: state)
      : functions.gru(z[T - 3], z[T - 2], candidate, z[T - 1], before: state)
    after.store(h, at: j, levels: levels)
  }
}

// MARK: - Layers without gates

@inline(never)
private func stepSimpleRNN(_ layer: UnsafePointer<StepRecord>, _ isOdd: Bool) {
  let (input, before, after) = layer.pointee.vectors(isOdd)
  let levels = layer.pointee.levels
  if layer.pointee.activations.activation == .tanh {
    let functions = TableFunctions(table: layer.pointee.table)
    plainTiles(layer, input, before) { j, z in after.store(functions.simple(z), at: j, levels: levels) }
  } else {
    let functions = SelectedFunctions(kinds: layer.pointee.activations)
    plainTiles(layer, input, before) { j, z in after.store(functions.simple(z), at: j, levels: levels) }
  }
}

@inline(never)
private func stepDense(_ layer: UnsafePointer<StepRecord>, _ isOdd: Bool) {
  let (input, _, after) = layer.pointee.vectors(isOdd)
  let kind = layer.pointee.activations.activation
  plainTiles(layer, input, nil) { j, z in
    (layer.pointee.memory + j).lanes = z
    (after.floats + j).lanes = kind == .linear ? z : AnyActivation(kind: kind).value(z)
  }
  if layer.pointee.isSoftmax { layer.applySoftmax(after) }
}

/// Calls `body` with the first unit and the sums of each 16 units.
@inline(__always)
private func plainTiles(
  _ layer: UnsafePointer<StepRecord>, _ input: StepVector, _ before: StepVector?,
  _ body: (Int, Lanes) -> Void
) {
  let groups = layer.pointee.groups
  var group = 0
  while group + 8 <= groups {
    plainTile(Count<8>.self, Count<1>.self, layer, input, before, group, body)
    group += 8
  }
  while group + 4 <= groups {
    plainTile(Count<4>.self, Count<2>.self, layer, input, before, group, body)
    group += 4
  }
  while group < groups {
    plainTile(Count<1>.self, Count<4>.self, layer, input, before, group, body)
    group += 1
  }
}

@inline(__always)
private func plainTile<let T: Int, let C: Int>(
  _: Count<T>.Type, _ chains: Count<C>.Type, _ layer: UnsafePointer<StepRecord>, _ input: StepVector,
  _ before: StepVector?, _ group: Int, _ body: (Int, Lanes) -> Void
) {
  var z = InlineArray<T, Lanes>(repeating: Lanes(repeating: 0))
  for t in 0..<T { z[t] = (layer.pointee.bias + (group + t) * 16).lanes }
  addProducts(&z, chains, input, layer.pointee.kernel, group)
  if let before { addProducts(&z, chains, before, layer.pointee.recurrent, group) }
  for t in 0..<T { body((group + t) * 16, z[t]) }
}

/// A dense layer with a few outputs: a sum over lanes for each. Its weights are `[units][depth]`.
@inline(never)
private func stepNarrowDense(_ layer: UnsafePointer<StepRecord>, _ isOdd: Bool) {
  let (input, _, after) = layer.pointee.vectors(isOdd)
  guard case .floats(let weights, let depth) = layer.pointee.kernel else { return }
  let row = UnsafePointer(input.floats)
  for unit in 0..<layer.pointee.units {
    var sums = Lanes(repeating: 0)
    for k in stride(from: 0, to: depth, by: 16) {
      sums = sums.plus((row + k).lanes, times: (weights + unit * depth + k).lanes)
    }
    layer.pointee.memory[unit] = layer.pointee.bias[unit] + total(sums)
  }
  let kind = layer.pointee.activations.activation
  let z = UnsafePointer(layer.pointee.memory).lanes
  after.floats.lanes = kind == .linear ? z : AnyActivation(kind: kind).value(z)
  if layer.pointee.isSoftmax { layer.applySoftmax(after) }
}

extension UnsafePointer<StepRecord> {
  /// softmax(z) of a dense layer.
  fileprivate func applySoftmax(_ output: StepVector) {
    let (units, stride) = (pointee.units, pointee.groups * 16)
    softmax(
      Matrix(base: pointee.memory, rows: 1, columns: units, stride: stride),
      into: Matrix(base: output.floats, rows: 1, columns: units, stride: stride))
  }
}

/// The sum of the lanes, halves first.
@inline(__always)
private func total(_ lanes: Lanes) -> Float {
  let eight = lanes.lowHalf + lanes.highHalf
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}
