// What a chain of steps is made of: layers with their weights as arrays in Keras's layouts. See StepChain.swift.

/// A matrix of weights, `[depth, columns]`.
public struct StepMatrix: Sendable {
  /// The rows: the width of what is multiplied.
  public let depth: Int
  /// The columns: the width of the product.
  public let columns: Int
  /// The weights, row by row.
  public let values: [Float]
  /// The weights as bytes, row by row, and the factor of each column: value = byte * factor. Nil if they aren't stored so.
  public let bytes: (values: [Int8], factors: [Float])?

  /// - Parameters:
  ///   - values: the weights, row by row, `depth * columns` numbers.
  ///   - bytes: the same as bytes, and the factor of each column.
  public init(
    depth: Int, columns: Int, values: [Float], bytes: (values: [Int8], factors: [Float])? = nil
  ) {
    precondition(values.count == depth * columns, "a matrix with another number of weights")
    precondition(
      bytes.map { $0.values.count == values.count && $0.factors.count == columns } ?? true,
      "bytes of another matrix")
    (self.depth, self.columns, self.values, self.bytes) = (depth, columns, values, bytes)
  }

  /// The largest sum of the bytes' sizes in a column.
  var largestColumnSum: Int {
    guard let bytes else { return 0 }
    var sums = [Int](repeating: 0, count: columns)
    for (index, value) in bytes.values.enumerated() { sums[index % columns] += Int(value.magnitude) }
    return sums.max() ?? 0
  }
}

/// A recurrent layer's weights.
public struct StepCell: Sendable {
  /// W, `[inputs, gates * units]`, and U, `[units, gates * units]`; gates in Keras's order.
  public let kernel: StepMatrix
  /// See `kernel`.
  public let recurrent: StepMatrix
  /// b, `[gates * units]`; of a GRU `[2, 3 * units]`, those of x W and those of h U.
  public let bias: [Float]
  /// The functions of the cell.
  public let activations: CellActivations

  /// The weights as the properties say.
  public init(kernel: StepMatrix, recurrent: StepMatrix, bias: [Float], activations: CellActivations) {
    (self.kernel, self.recurrent, self.bias, self.activations) = (kernel, recurrent, bias, activations)
  }

  /// H.
  public var units: Int { recurrent.depth }
}

/// The function of a dense layer's output.
public enum StepFunction: Sendable {
  /// A function of each number.
  case elementwise(ActivationKind)
  /// Softmax over all numbers.
  case softmax
}

/// A layer of a chain.
public enum StepLayer: Sendable {
  /// An LSTM: LSTMKernels.swift has the formulas of these cells.
  case lstm(StepCell)
  /// A GRU whose reset gate applies after the product.
  case gru(StepCell)
  /// An Elman network.
  case simpleRNN(StepCell)
  /// y = f(x W + b), b `[columns]`.
  case dense(StepMatrix, bias: [Float], StepFunction)

  /// The width of its output.
  public var width: Int {
    switch self {
    case .lstm(let cell), .gru(let cell), .simpleRNN(let cell): cell.units
    case .dense(let kernel, _, _): kernel.columns
    }
  }

  /// The width of what it reads.
  public var inputWidth: Int { kernel.depth }

  /// What multiplies its input.
  var kernel: StepMatrix {
    switch self {
    case .lstm(let cell), .gru(let cell), .simpleRNN(let cell): cell.kernel
    case .dense(let kernel, _, _): kernel
    }
  }

  /// What multiplies its own state.
  var recurrent: StepMatrix? {
    switch self {
    case .lstm(let cell), .gru(let cell), .simpleRNN(let cell): cell.recurrent
    case .dense: nil
    }
  }

  /// A bound of the size of its outputs; nil if there is none, or none that is known.
  var bound: Float? {
    switch self {
    case .lstm(let cell), .gru(let cell): cell.activations.isDefault ? 1 : nil
    case .simpleRNN(let cell): cell.activations.activation == .tanh ? 1 : nil
    case .dense: nil
    }
  }
}

/// What a chain reads at a step.
public enum StepInput: Sendable {
  /// As many numbers.
  case features(Int)
  /// A token id, for a row of `[vocabulary, width]` numbers.
  case tokens([Float], width: Int)

  /// The width of what the first layer reads.
  public var width: Int {
    switch self {
    case .features(let width), .tokens(_, let width): width
    }
  }
}
