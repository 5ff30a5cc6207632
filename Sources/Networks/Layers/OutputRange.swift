// The numbers that an output function can return.

extension OutputFunction {
  /// The least and the greatest value that the function returns or approaches; infinite if there is no bound.
  public var range: ClosedRange<Float> {
    switch self {
    case .softmax, .elementwise(.sigmoid), .elementwise(.hardSigmoid): 0...1
    case .elementwise(.relu), .elementwise(.softplus): 0...Float.infinity
    case .elementwise(.tanh), .elementwise(.softsign): -1...1
    case .elementwise(.elu): -1...Float.infinity
    case .elementwise(.gelu): -0.17...Float.infinity
    case .elementwise(.silu): -0.279...Float.infinity
    case .elementwise(.linear): -Float.infinity...Float.infinity
    }
  }
}
