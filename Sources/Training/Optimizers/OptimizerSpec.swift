// Which optimizer, with which settings: the typed form of `--optimizer "adam(0.001,clipnorm=1.0)"`.
// Defaults are Keras 3's.

import Failures
import Networks
import OptionSyntax
import Spelling

/// An optimizer and its settings.
public struct OptimizerSpec: Sendable, Equatable, CustomStringConvertible {
  /// The rule by which gradients become steps.
  public enum Rule: Sendable, Equatable {
    case adam(beta1: Float, beta2: Float, epsilon: Float, amsgrad: Bool)
    case sgd(momentum: Float, nesterov: Bool)
    case rmsprop(rho: Float, epsilon: Float, momentum: Float, centered: Bool)
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
  /// The learning rate.
  public var rate: Schedule
  /// The share of the weights, times the learning rate, that each step takes away from them.
  public var weightDecay: Float
  /// How gradients are kept small.
  public var clipping: Clipping

  /// Keras's Adam.
  public static let adam = OptimizerSpec(
    rule: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false), rate: .constant(0.001),
    weightDecay: 0, clipping: .none)

  /// The names of all optimizers.
  public static let names = ["adam", "adamw", "sgd", "rmsprop"]
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
      call, subject: "optimizer \(call.name)", flags: ["nesterov", "amsgrad", "centered"], positions: 1)
    rule = try Self.rule(call.name, &arguments)
    rate =
      try arguments.value(0, "learning_rate").map { try Schedule($0) }
      ?? .constant(call.name == "sgd" ? 0.01 : 0.001)
    weightDecay = try arguments.number(nil, "weight_decay", in: 0...1e6) ?? (call.name == "adamw" ? 0.004 : 0)
    clipping = try Self.clipping(&arguments)
    try arguments.finish()
  }

  private init(rule: Rule, rate: Schedule, weightDecay: Float, clipping: Clipping) {
    self.rule = rule
    self.rate = rate
    self.weightDecay = weightDecay
    self.clipping = clipping
  }

  private static func rule(_ name: String, _ arguments: inout CallArguments) throws -> Rule {
    switch name {
    case "adam", "adamw":
      return .adam(
        beta1: try arguments.number(nil, "beta_1", in: share) ?? 0.9,
        beta2: try arguments.number(nil, "beta_2", in: share) ?? 0.999,
        epsilon: try arguments.number(nil, "epsilon", in: positive) ?? 1e-7,
        amsgrad: try arguments.flag("amsgrad") ?? false)
    case "sgd":
      return .sgd(
        momentum: try arguments.number(nil, "momentum", in: share) ?? 0,
        nesterov: try arguments.flag("nesterov") ?? false)
    case "rmsprop":
      return .rmsprop(
        rho: try arguments.number(nil, "rho", in: share) ?? 0.9,
        epsilon: try arguments.number(nil, "epsilon", in: positive) ?? 1e-7,
        momentum: try arguments.number(nil, "momentum", in: share) ?? 0,
        centered: try arguments.flag("centered") ?? false)
    default:
      throw Failure.usage("unknown optimizer '\(name)'", remedy: suggestion(for: name, among: names))
    }
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
    var settings = ["\(rate)"]
    let name: String
    switch rule {
    case .adam(let beta1, let beta2, let epsilon, let amsgrad):
      name = weightDecay == 0 ? "adam" : "adamw"
      settings += ["beta_1=\(beta1)", "beta_2=\(beta2)", "epsilon=\(epsilon)"]
      if amsgrad { settings.append("amsgrad") }
    case .sgd(let momentum, let nesterov):
      name = "sgd"
      settings += ["momentum=\(momentum)", "nesterov=\(nesterov)"]
    case .rmsprop(let rho, let epsilon, let momentum, let centered):
      name = "rmsprop"
      settings += ["rho=\(rho)", "epsilon=\(epsilon)"]
      if momentum != 0 { settings.append("momentum=\(momentum)") }
      if centered { settings.append("centered") }
    }
    if weightDecay != 0 { settings.append("weight_decay=\(weightDecay)") }
    return "\(name)(\((settings + clippingText).joined(separator: ",")))"
  }

  private var clippingText: [String] {
    switch clipping {
    case .none: []
    case .norm(let limit): ["clipnorm=\(limit)"]
    case .globalNorm(let limit): ["global_clipnorm=\(limit)"]
    case .value(let limit): ["clipvalue=\(limit)"]
    }
  }
}
