// Which optimizer, with which settings: the typed form of `--optimizer "adam(0.001,clipnorm=1.0)"`.
// Defaults are Keras 3's.

import Failures
import Networks

/// An optimizer and its settings.
public struct OptimizerSpec: Sendable, Equatable, CustomStringConvertible {
  /// The rule by which gradients become steps.
  public enum Rule: Sendable, Equatable {
    case adam(beta1: Float, beta2: Float, epsilon: Float)
    case sgd(momentum: Float, nesterov: Bool)
    case rmsprop(rho: Float, epsilon: Float)
  }

  /// How gradients are kept small before the step.
  public enum Clipping: Sendable, Equatable {
    /// Not at all.
    case none
    /// Each weight's gradient to this norm.
    case norm(Float)
    /// All weights' gradients together to this norm.
    case globalNorm(Float)
    /// Each element to this size.
    case value(Float)
  }

  /// The rule and its settings.
  public var rule: Rule
  /// The learning rate that training starts with.
  public var rate: Float
  /// How gradients are kept small.
  public var clipping: Clipping

  /// Keras's Adam.
  public static let adam = OptimizerSpec(
    rule: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-7), rate: 0.001, clipping: .none)

  static let names = ["adam", "sgd", "rmsprop"]
  private static let positive: ClosedRange<Float> = Float.leastNormalMagnitude...1e6
  private static let share: ClosedRange<Float> = 0...0.999_999_9

  /// Throws `Failure` (usage) with the nearest known name.
  public init(parsing text: String) throws {
    let calls = try CallSyntax.parse(text, subject: "optimizer", example: "adam(0.001,clipnorm=1.0)")
    guard calls.count == 1 else {
      throw Failure.usage("optimizer: \(calls.count) are named", remedy: "name one")
    }
    let call = calls[0]
    var arguments = try CallArguments(
      call, subject: "optimizer \(call.name)", flags: call.name == "sgd" ? ["nesterov"] : [], positions: 1)
    let given = try arguments.number(0, "learning_rate", in: Self.positive)
    switch call.name {
    case "adam":
      rate = given ?? 0.001
      rule = .adam(
        beta1: try arguments.number(nil, "beta_1", in: Self.share) ?? 0.9,
        beta2: try arguments.number(nil, "beta_2", in: Self.share) ?? 0.999,
        epsilon: try arguments.number(nil, "epsilon", in: Self.positive) ?? 1e-7)
    case "sgd":
      rate = given ?? 0.01
      rule = .sgd(
        momentum: try arguments.number(nil, "momentum", in: Self.share) ?? 0,
        nesterov: try arguments.flag("nesterov") ?? false)
    case "rmsprop":
      rate = given ?? 0.001
      rule = .rmsprop(
        rho: try arguments.number(nil, "rho", in: Self.share) ?? 0.9,
        epsilon: try arguments.number(nil, "epsilon", in: Self.positive) ?? 1e-7)
    default:
      throw Failure.usage(
        "unknown optimizer '\(call.name)'", remedy: suggestion(for: call.name, among: Self.names))
    }
    clipping = try Self.clipping(&arguments)
    try arguments.finish()
  }

  private init(rule: Rule, rate: Float, clipping: Clipping) {
    self.rule = rule
    self.rate = rate
    self.clipping = clipping
  }

  private static func clipping(_ arguments: inout CallArguments) throws -> Clipping {
    let choices: [Clipping] = [
      try arguments.number(nil, "clipnorm", in: positive).map(Clipping.norm),
      try arguments.number(nil, "global_clipnorm", in: positive).map(Clipping.globalNorm),
      try arguments.number(nil, "clipvalue", in: positive).map(Clipping.value),
    ].compactMap { $0 }
    guard choices.count <= 1 else {
      throw Failure.usage(
        "optimizer: more than one kind of clipping",
        remedy: "give one of clipnorm, global_clipnorm, clipvalue")
    }
    return choices.first ?? .none
  }

  /// The optimizer as `init(parsing:)` reads it, every setting written out.
  public var description: String {
    let settings =
      switch rule {
      case .adam(let beta1, let beta2, let epsilon):
        "adam(\(rate),beta_1=\(beta1),beta_2=\(beta2),epsilon=\(epsilon)"
      case .sgd(let momentum, let nesterov): "sgd(\(rate),momentum=\(momentum),nesterov=\(nesterov)"
      case .rmsprop(let rho, let epsilon): "rmsprop(\(rate),rho=\(rho),epsilon=\(epsilon)"
      }
    switch clipping {
    case .none: return settings + ")"
    case .norm(let limit): return settings + ",clipnorm=\(limit))"
    case .globalNorm(let limit): return settings + ",global_clipnorm=\(limit))"
    case .value(let limit): return settings + ",clipvalue=\(limit))"
    }
  }
}
