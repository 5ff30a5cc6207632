// Activation functions as kernels apply them: the value and the derivative.
//
// Kernels are generic over these types, so the default pair (tanh and sigmoid) compiles to straight-line code. The
// derivative is computed from the value y = f(x) if that is possible; if not (`needsInput`), the forward pass
// stores x. The functions themselves are in Transcendental.swift and ActivationFunctions.swift.

/// An activation function by Keras's name.
public enum ActivationKind: String, Sendable, CaseIterable {
  case linear, tanh, sigmoid, relu, elu, softplus, softsign, gelu, silu
  case hardSigmoid = "hard_sigmoid"

  /// Whether the derivative can't be computed from the value, so that the backward pass needs x.
  public var needsInput: Bool { self == .softplus || self == .gelu || self == .silu }
}

protocol LaneActivation {
  /// Whether `derivative` reads x.
  var needsInput: Bool { get }
  /// f(x).
  func value(_ x: Lanes) -> Lanes
  /// f'(x), with y = f(x); x is used only if `needsInput`.
  func derivative(_ y: Lanes, at x: Lanes) -> Lanes
}

struct TanhActivation: LaneActivation {
  @inline(__always) var needsInput: Bool { false }
  @inline(__always) func value(_ x: Lanes) -> Lanes { tanh(x) }
  @inline(__always) func derivative(_ y: Lanes, at x: Lanes) -> Lanes { 1 - y * y }
}

struct SigmoidActivation: LaneActivation {
  @inline(__always) var needsInput: Bool { false }
  @inline(__always) func value(_ x: Lanes) -> Lanes { sigmoid(x) }
  @inline(__always) func derivative(_ y: Lanes, at x: Lanes) -> Lanes { y * (1 - y) }
}

struct ReLUActivation: LaneActivation {
  @inline(__always) var needsInput: Bool { false }
  @inline(__always) func value(_ x: Lanes) -> Lanes { x.replacing(with: Lanes(repeating: 0), where: x .< 0) }
  @inline(__always) func derivative(_ y: Lanes, at x: Lanes) -> Lanes {
    Lanes(repeating: 1).replacing(with: Lanes(repeating: 0), where: y .<= 0)
  }
}

/// Any activation, selected at run time for each vector.
struct AnyActivation: LaneActivation {
  let kind: ActivationKind

  @inline(__always) var needsInput: Bool { kind.needsInput }

  func value(_ x: Lanes) -> Lanes {
    switch kind {
    case .linear: x
    case .tanh: tanh(x)
    case .sigmoid: sigmoid(x)
    case .relu: ReLUActivation().value(x)
    case .hardSigmoid: clamp(x + 3, 0, 6) / 6
    case .elu: elu(x)
    case .softplus: softplus(x)
    case .softsign: x / (1 + magnitude(x))
    case .gelu: x * normalDistribution(x)
    case .silu: x * sigmoid(x)
    }
  }

  func derivative(_ y: Lanes, at x: Lanes) -> Lanes {
    switch kind {
    case .linear: return Lanes(repeating: 1)
    case .tanh: return 1 - y * y
    case .sigmoid: return y * (1 - y)
    case .relu: return ReLUActivation().derivative(y, at: x)
    case .hardSigmoid:
      return Lanes(repeating: 1 / 6).replacing(with: Lanes(repeating: 0), where: (y .<= 0) .| (y .>= 1))
    case .elu: return (y + 1).replacing(with: Lanes(repeating: 1), where: y .> 0)
    case .softplus: return sigmoid(x)
    case .softsign:
      let rest = 1 - magnitude(y)
      return rest * rest
    case .gelu: return normalDistribution(x).plus(x, times: normalDensity(x))
    case .silu:
      let s = sigmoid(x)
      return s.plus(x * s, times: 1 - s)
    }
  }
}
