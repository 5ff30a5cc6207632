// One step of each recurrent cell in double precision, according to Keras's equations.

import Glibc
import Kernels
import Networks

/// A row-major matrix.
struct Matrix64 {
  let numbers: [Double]
  let columns: Int

  init(_ numbers: [Double], _ columns: Int) {
    self.numbers = numbers
    self.columns = columns
  }
}

/// x A.
func * (x: [Double], matrix: Matrix64) -> [Double] {
  var result = [Double](repeating: 0, count: matrix.columns)
  for (k, value) in x.enumerated() {
    for j in 0..<matrix.columns { result[j] += value * matrix.numbers[k * matrix.columns + j] }
  }
  return result
}

/// a + b; a if there is no b.
func add(_ a: [Double], _ b: [Double]?) -> [Double] {
  guard let b else { return a }
  return zip(a, b).map { $0 + $1 }
}

extension ActivationKind {
  /// The function in double precision.
  func apply(_ z: Double) -> Double {
    switch self {
    case .linear: z
    case .tanh: Glibc.tanh(z)
    case .sigmoid: 1 / (1 + exp(-z))
    case .relu: max(0, z)
    case .hardSigmoid: min(max(z / 6 + 0.5, 0), 1)
    case .elu: z > 0 ? z : expm1(z)
    case .softplus: max(z, 0) + log1p(exp(-abs(z)))
    case .softsign: z / (1 + abs(z))
    case .gelu: z * (1 + erf(z / 2.0.squareRoot())) / 2
    case .silu: z / (1 + exp(-z))
    }
  }
}

/// A recurrent layer's weights.
struct CellWeights64 {
  let kernel: [Double]
  let recurrent: [Double]
  let bias: [Double]?
}

/// A cell: the state is h, followed by others if there are any. Each gate has its own x and h, since dropout may differ
/// between gates.
protocol Cell64 {
  /// The widths of the states.
  var widths: [Int] { get }
  /// The first of the states that other layers can read and set.
  var firstState: Int { get }
  /// Whether the input without dropout follows the gates' inputs.
  var readsInput: Bool { get }
  func next(_ x: [[Double]], _ h: [[Double]], _ state: [[Double]]) -> [[Double]]
}

extension Cell64 {
  var firstState: Int { 0 }
  var readsInput: Bool { false }
}

/// The products of each gate's x with its columns of A, side by side.
func * (x: [[Double]], matrix: Matrix64) -> [Double] {
  let width = matrix.columns / x.count
  var result = [Double](repeating: 0, count: matrix.columns)
  for (gate, values) in x.enumerated() {
    for (k, value) in values.enumerated() {
      for j in gate * width..<(gate + 1) * width {
        result[j] += value * matrix.numbers[k * matrix.columns + j]
      }
    }
  }
  return result
}

/// h = a(x W + h U + b)
struct SimpleRNN64: Cell64 {
  let weights: CellWeights64
  let options: RecurrentOptions
  var widths: [Int] { [options.units] }

  init(_ weights: CellWeights64, _ options: RecurrentOptions) {
    self.weights = weights
    self.options = options
  }

  func next(_ x: [[Double]], _ h: [[Double]], _ state: [[Double]]) -> [[Double]] {
    let input = add(x * Matrix64(weights.kernel, options.units), weights.bias)
    let z = add(input, h * Matrix64(weights.recurrent, options.units))
    return [z.map(options.activation.apply)]
  }
}

/// c = f c + i g, h = o a(c), with the gates i f g o of z = x W + h U + b.
struct LSTM64: Cell64 {
  let weights: CellWeights64
  let options: RecurrentOptions
  var widths: [Int] { [options.units, options.units] }

  init(_ weights: CellWeights64, _ options: RecurrentOptions) {
    self.weights = weights
    self.options = options
  }

  func next(_ x: [[Double]], _ h: [[Double]], _ state: [[Double]]) -> [[Double]] {
    let units = options.units
    let (a, s) = (options.activation, options.recurrentActivation)
    let input = add(x * Matrix64(weights.kernel, 4 * units), weights.bias)
    let z = add(input, h * Matrix64(weights.recurrent, 4 * units))
    var (next, c) = (state[0], state[1])
    for j in 0..<units {
      let kept = s.apply(z[units + j]) * state[1][j]
      c[j] = kept + s.apply(z[j]) * a.apply(z[2 * units + j])
      next[j] = s.apply(z[3 * units + j]) * a.apply(c[j])
    }
    return [next, c]
  }
}

/// h = z h + (1 - z) g, with z, r = s(x + u) and g = a(x + r u), or g = a(x + (r h) U) with the reset before.
struct GRU64: Cell64 {
  let weights: CellWeights64
  let options: RecurrentOptions
  var widths: [Int] { [options.units] }

  init(_ weights: CellWeights64, _ options: RecurrentOptions) {
    self.weights = weights
    self.options = options
  }

  func next(_ x: [[Double]], _ h: [[Double]], _ state: [[Double]]) -> [[Double]] {
    let units = options.units
    let (a, s) = (options.activation, options.recurrentActivation)
    let recurrent = Matrix64(weights.recurrent, 3 * units)
    let bias = weights.bias.map { Array($0.prefix(3 * units)) }
    let recurrentBias = options.resetAfter ? weights.bias.map { Array($0.suffix(3 * units)) } : nil
    let input = add(x * Matrix64(weights.kernel, 3 * units), bias)
    let past = add(h * recurrent, recurrentBias)
    var (z, r) = (state[0], state[0])
    for j in 0..<units {
      z[j] = s.apply(input[j] + past[j])
      r[j] = s.apply(input[units + j] + past[units + j])
    }
    let resetState: [Double] = zip(r, h[2]).map { $0 * $1 }
    let pastBefore = resetState * recurrent
    var next = state[0]
    for j in 0..<units {
      let seen = options.resetAfter ? r[j] * past[2 * units + j] : pastBefore[2 * units + j]
      next[j] = z[j] * state[0][j] + (1 - z[j]) * a.apply(input[2 * units + j] + seen)
    }
    return [next]
  }
}
