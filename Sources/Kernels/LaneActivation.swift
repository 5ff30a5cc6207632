// Activation functions as kernels apply them: the value, and the slope told from the value alone.
//
// Kernels are generic over these types, so the usual pair (tanh and sigmoid) compiles to straight code.

/// An activation function by Keras's name.
public enum ActivationKind: String, Sendable, CaseIterable {
  case linear, tanh, sigmoid, relu, elu, softplus, softsign, gelu, silu
  case hardSigmoid = "hard_sigmoid"
}

protocol LaneActivation {
  /// f(x).
  func value(_ x: Lanes) -> Lanes
  /// f'(x) as a function of y = f(x).
  func slope(_ y: Lanes) -> Lanes
}

struct TanhActivation: LaneActivation {
  @inline(__always) func value(_ x: Lanes) -> Lanes { tanh(x) }
  @inline(__always) func slope(_ y: Lanes) -> Lanes { 1 - y * y }
}

struct SigmoidActivation: LaneActivation {
  @inline(__always) func value(_ x: Lanes) -> Lanes { sigmoid(x) }
  @inline(__always) func slope(_ y: Lanes) -> Lanes { y * (1 - y) }
}

/// Any activation, chosen vector by vector.
struct AnyActivation: LaneActivation {
  let kind: ActivationKind

  @inline(__always) func value(_ x: Lanes) -> Lanes {
    switch kind {
    case .linear: x
    case .tanh: tanh(x)
    case .sigmoid: sigmoid(x)
    case .relu: x.replacing(with: Lanes(repeating: 0), where: x .< 0)
    // The others are refused when a network is built.
    default: x
    }
  }

  @inline(__always) func slope(_ y: Lanes) -> Lanes {
    switch kind {
    case .linear: Lanes(repeating: 1)
    case .tanh: 1 - y * y
    case .sigmoid: y * (1 - y)
    case .relu: Lanes(repeating: 0).replacing(with: Lanes(repeating: 1), where: y .> 0)
    default: Lanes(repeating: 1)
    }
  }
}
