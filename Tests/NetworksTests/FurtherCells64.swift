// One step of each recurrent cell that Keras doesn't have, in double precision, according to the equations at the top
// of its file.

import Glibc
import Kernels
import Networks

/// A cell with its own names of weights.
protocol FurtherCell64: Cell64 {
  /// The number of gates in the columns of W.
  var gates: Int { get }
}

/// A layer's weights by their roles, and its options.
struct LayerWeights64 {
  let layer: LayerSpec
  let inputWidth: Int
  let weight: (String) -> [Double]?

  var options: RecurrentOptions { layer.directions[0].options }
  var units: Int { options.units }
  /// Whether the layers string has this setting.
  func has(_ setting: String) -> Bool { layer.description.contains(setting) }
  func all(_ role: String) -> [Double] { weight(role) ?? [] }
  func matrix(_ role: String, _ columns: Int) -> Matrix64 { Matrix64(all(role), columns) }

  /// Numbers `[gates * units]` as one array for each gate.
  func parted(_ z: [Double]) -> [[Double]] {
    stride(from: 0, to: z.count, by: units).map { Array(z[$0..<$0 + units]) }
  }
}

private func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

extension Reference64 {
  /// The cell of a layer that Keras doesn't have; nil for another layer.
  func furtherCell(_ name: String, _ layer: LayerSpec, inputWidth: Int) -> (any FurtherCell64)? {
    let weights = LayerWeights64(layer: layer, inputWidth: inputWidth) { self.weights["\(name).\($0)"] }
    switch layer.name {
    case "min_gru": return MinGRU64(weights: weights)
    case "min_lstm": return MinLSTM64(weights: weights)
    case "sru": return SRU64(weights: weights)
    case "slstm": return SLSTM64(weights: weights)
    case "peephole_lstm": return PeepholeLSTM64(weights: weights)
    case "layer_norm_lstm": return LayerNormLSTM64(weights: weights)
    case "lstm" where weights.weight("projection") != nil: return ProjectedLSTM64(weights: weights)
    default: return nil
    }
  }
}

/// The candidate of minGRU and minLSTM.
private func candidate(_ x: Double, _ weights: LayerWeights64) -> Double {
  weights.has("positive=false") ? x : x >= 0 ? x + 0.5 : logistic(x)
}

struct MinGRU64: FurtherCell64 {
  let weights: LayerWeights64
  var gates: Int { 2 }
  var widths: [Int] { [weights.units] }

  func next(_ x: [[Double]], _ h: [[Double]], _ state: [[Double]]) -> [[Double]] {
    let z = weights.parted(add(x * weights.matrix("kernel", 2 * weights.units), weights.weight("bias")))
    return [
      (0..<weights.units).map { j in
        let share = logistic(z[1][j])
        return (1 - share) * state[0][j] + share * candidate(z[0][j], weights)
      }
    ]
  }
}

struct MinLSTM64: FurtherCell64 {
  let weights: LayerWeights64
  var gates: Int { 3 }
  var widths: [Int] { [weights.units] }

  func next(_ x: [[Double]], _ h: [[Double]], _ state: [[Double]]) -> [[Double]] {
    let z = weights.parted(add(x * weights.matrix("kernel", 3 * weights.units), weights.weight("bias")))
    return [
      (0..<weights.units).map { j in
        let (f, i) = (logistic(z[1][j]), logistic(z[2][j]))
        return (f * state[0][j] + i * candidate(z[0][j], weights)) / (f + i)
      }
    ]
  }
}

struct SRU64: FurtherCell64 {
  let weights: LayerWeights64
  var gates: Int {
    weights.inputWidth == 0 ? 3 : weights.all("kernel").count / weights.inputWidth / weights.units
  }
  var widths: [Int] { [weights.units, weights.units] }
  var firstState: Int { 1 }
  var readsInput: Bool { true }

  func next(_ x: [[Double]], _ h: [[Double]], _ state: [[Double]]) -> [[Double]] {
    let z = weights.parted(Array(x.prefix(gates)) * weights.matrix("kernel", gates * weights.units))
    let v = weights.parted(weights.all("vector"))
    let b = weights.parted(weights.weight("bias") ?? v.flatMap { $0.map { _ in 0 } })
    var (next, c) = (state[0], state[1])
    for j in 0..<weights.units {
      let f = logistic(z[1][j] + v[0][j] * c[j] + b[0][j])
      let r = logistic(z[2][j] + v[1][j] * c[j] + b[1][j])
      c[j] = f * c[j] + (1 - f) * z[0][j]
      let y = gates == 4 ? z[3][j] : weights.has("highway=false") ? 0 : x[gates][j]
      next[j] = r * weights.options.activation.apply(c[j]) + (1 - r) * y
    }
    return [next, c]
  }
}

/// x W + h U + b of an LSTM, as one array for each gate.
private func sums(_ x: [[Double]], _ h: [[Double]], _ weights: LayerWeights64) -> [[Double]] {
  let columns = 4 * weights.units
  let input = add(x * weights.matrix("kernel", columns), weights.weight("bias"))
  return weights.parted(add(input, h * weights.matrix("recurrent_kernel", columns)))
}

struct SLSTM64: FurtherCell64 {
  let weights: LayerWeights64
  var gates: Int { 4 }
  var widths: [Int] { [Int](repeating: weights.units, count: 4) }

  func next(_ x: [[Double]], _ h: [[Double]], _ state: [[Double]]) -> [[Double]] {
    let units = weights.units
    let input = add(x * weights.matrix("kernel", 4 * units), weights.weight("bias"))
    let z = weights.parted(add(input, recurrent(h)))
    var (next, c, n, m) = (state[0], state[1], state[2], state[3])
    for j in 0..<units {
      let kept = m[j] - log1p(exp(-z[1][j]))
      m[j] = n[j] == 0 ? z[0][j] : max(z[0][j], kept)
      let (i, f) = (min(1, exp(z[0][j] - m[j])), min(1, exp(kept - m[j])))
      c[j] = f * c[j] + i * tanh(z[2][j])
      n[j] = f * n[j] + i
      next[j] = logistic(z[3][j]) * c[j] / n[j]
    }
    return [next, c, n, m]
  }

  /// The product of each head's part of h with the head's matrix.
  private func recurrent(_ h: [[Double]]) -> [Double] {
    let (units, kernel) = (weights.units, weights.all("recurrent_kernel"))
    let size = kernel.count / (4 * units)
    return (0..<4 * units).map { column in
      let (gate, unit) = (column / units, column % units)
      let first = unit / size * size
      return (0..<size).reduce(0) { $0 + h[gate][first + $1] * kernel[$1 * 4 * units + column] }
    }
  }
}

struct PeepholeLSTM64: FurtherCell64 {
  let weights: LayerWeights64
  var gates: Int { 4 }
  var widths: [Int] { [weights.units, weights.units] }

  func next(_ x: [[Double]], _ h: [[Double]], _ state: [[Double]]) -> [[Double]] {
    let (z, p) = (sums(x, h, weights), weights.parted(weights.all("peephole")))
    let (a, s) = (weights.options.activation, weights.options.recurrentActivation)
    var (next, c) = (state[0], state[1])
    for j in 0..<weights.units {
      let i = s.apply(z[0][j] + p[0][j] * c[j])
      let f = s.apply(z[1][j] + p[1][j] * c[j])
      c[j] = f * c[j] + i * a.apply(z[2][j])
      next[j] = s.apply(z[3][j] + p[2][j] * c[j]) * a.apply(c[j])
    }
    return [next, c]
  }
}

struct LayerNormLSTM64: FurtherCell64 {
  let weights: LayerWeights64
  var gates: Int { 4 }
  var widths: [Int] { [weights.units, weights.units] }

  func next(_ x: [[Double]], _ h: [[Double]], _ state: [[Double]]) -> [[Double]] {
    let columns = 4 * weights.units
    let input = normalized(x * weights.matrix("kernel", columns), "kernel")
    let past = normalized(h * weights.matrix("recurrent_kernel", columns), "recurrent")
    let z = weights.parted(add(add(input, past), weights.weight("bias")))
    let (a, s) = (weights.options.activation, weights.options.recurrentActivation)
    let memory = (0..<weights.units).map { j in
      s.apply(z[1][j]) * state[1][j] + s.apply(z[0][j]) * a.apply(z[2][j])
    }
    let c = normalized(memory, "state")
    return [(0..<weights.units).map { s.apply(z[3][$0]) * a.apply(c[$0]) }, c]
  }

  private func normalized(_ values: [Double], _ name: String) -> [Double] {
    let (gamma, beta) = (weights.all("\(name)_gamma"), weights.all("\(name)_beta"))
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    let scale = 1 / (variance + Double(Float(1e-3))).squareRoot()
    return values.indices.map { gamma[$0] * (values[$0] - mean) * scale + beta[$0] }
  }
}

struct ProjectedLSTM64: FurtherCell64 {
  let weights: LayerWeights64
  var gates: Int { 4 }
  var widths: [Int] { [weights.all("projection").count / weights.units, weights.units] }

  func next(_ x: [[Double]], _ h: [[Double]], _ state: [[Double]]) -> [[Double]] {
    let z = sums(x, h, weights)
    let (a, s) = (weights.options.activation, weights.options.recurrentActivation)
    let c = (0..<weights.units).map { j in
      s.apply(z[1][j]) * state[1][j] + s.apply(z[0][j]) * a.apply(z[2][j])
    }
    let wide = (0..<weights.units).map { s.apply(z[3][$0]) * a.apply(c[$0]) }
    return [wide * weights.matrix("projection", widths[0]), c]
  }
}
