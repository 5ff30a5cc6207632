// The function that computes a layer's output: one of the activations, number by number, or softmax, row by row.

import Kernels

/// A function on a layer's output.
public enum OutputFunction: Sendable, Equatable {
  /// A function of each number.
  case elementwise(ActivationKind)
  /// Softmax over the last axis.
  case softmax

  /// The functions' names, which are Keras's.
  static let names = ActivationKind.allCases.map(\.rawValue) + ["softmax"]

  /// The function of Keras's name.
  init?(name: String) {
    if name == "softmax" {
      self = .softmax
    } else if let kind = ActivationKind(rawValue: name) {
      self = .elementwise(kind)
    } else {
      return nil
    }
  }

  /// Keras's name.
  public var name: String {
    switch self {
    case .softmax: "softmax"
    case .elementwise(let kind): kind.rawValue
    }
  }

  /// `y = f(z)`.
  func apply(_ z: Matrix, into y: Matrix) {
    switch self {
    case .elementwise(let kind): activate(z, kind, into: y)
    case .softmax: Kernels.softmax(z, into: y)
    }
  }

  /// `dz = dy f'(z)`; in place if both are the same memory.
  func applyBackward(y: Matrix, z: Matrix, dy: Matrix, into dz: Matrix) {
    switch self {
    case .elementwise(let kind): activateBackward(outputs: y, inputs: z, gradient: dy, kind, into: dz)
    case .softmax: softmaxBackward(outputs: y, gradient: dy, into: dz)
    }
  }
}
