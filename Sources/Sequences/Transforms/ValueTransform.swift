// Transformations of single values, and their inverses.
//
//   log1p          y = log(1 + v)                        v >= 0
//   Box-Cox        y = (v^l - 1) / l, or log v if l = 0  v > 0   (Box and Cox 1964)

import Foundation
import JSON

/// A transformation of each value of the columns to forecast.
public enum ValueTransform: Sendable, Equatable {
  case identity
  /// The logarithm of 1 plus the value.
  case log1p
  /// Box and Cox's power transformation, with an exponent for each column; nil if it is to be estimated.
  case boxCox([Double]?)

  /// The exponents that are allowed, for which every number can be converted back.
  static let exponents = 0.0...2.0

  /// Reads `log1p`, `boxcox` or `boxcox(0.5)`; nil for anything else.
  init?(parsing text: String) {
    switch text {
    case "log1p": self = .log1p
    case "boxcox": self = .boxCox(nil)
    default:
      guard text.hasPrefix("boxcox("), text.hasSuffix(")"),
        let exponent = Double(text.dropFirst(7).dropLast()), Self.exponents.contains(exponent)
      else { return nil }
      self = .boxCox([exponent])
    }
  }

  /// The name in options and messages.
  var name: String {
    switch self {
    case .identity: "none"
    case .log1p: "log1p"
    case .boxCox: "boxcox"
    }
  }

  /// Whether a value can be transformed.
  func accepts(_ value: Double) -> Bool {
    switch self {
    case .identity: true
    case .log1p: value >= 0
    case .boxCox: value > 0
    }
  }

  /// The transformed value.
  /// - Parameter column: the number of the value's column.
  func apply(_ value: Double, column: Int) -> Double {
    switch self {
    case .identity: value
    case .log1p: Foundation.log1p(value)
    case .boxCox(let exponents): Self.boxCox(value, exponent(exponents, column))
    }
  }

  /// The value whose transformation is `value`; the least possible value for numbers that are no transformation.
  func inverse(_ value: Double, column: Int) -> Double {
    switch self {
    case .identity: return value
    case .log1p: return expm1(value)
    case .boxCox(let exponents):
      let exponent = exponent(exponents, column)
      guard exponent != 0 else { return exp(value) }
      return pow(max(0, value * exponent + 1), 1 / exponent)
    }
  }

  private func exponent(_ exponents: [Double]?, _ column: Int) -> Double {
    guard let exponents, !exponents.isEmpty else { return 1 }
    return exponents[min(column, exponents.count - 1)]
  }

  /// Box and Cox's transformation; accurate near exponent 0 too.
  static func boxCox(_ value: Double, _ exponent: Double) -> Double {
    exponent == 0 ? log(value) : expm1(exponent * log(value)) / exponent
  }
}

// MARK: - Metadata

extension ValueTransform {
  var members: [String: JSONValue] {
    switch self {
    case .identity: [:]
    case .log1p: ["values": .string("log1p")]
    case .boxCox(let exponents):
      ["values": .string("boxcox"), "lambda": .array((exponents ?? []).map { .number($0) })]
    }
  }

  init?(members: [String: JSONValue]) {
    switch members["values"]?.string {
    case nil: self = .identity
    case "log1p": self = .log1p
    case "boxcox":
      guard let lambda = members["lambda"]?.array?.compactMap(\.double), !lambda.isEmpty,
        lambda.allSatisfy(Self.exponents.contains)
      else { return nil }
      self = .boxCox(lambda)
    default: return nil
    }
  }
}
