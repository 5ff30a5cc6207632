// An optimizer and its settings, in the words of `--optimizer "adam(0.001,clipnorm=1.0)"`. Defaults are Keras 3's.

import Failures
import Networks
import OptionSyntax
import Spelling

/// An optimizer and its settings.
public struct OptimizerSpec: Sendable, Equatable, CustomStringConvertible {
  /// The update rule.
  public enum Rule: Sendable, Equatable {
    case adam(beta1: Float, beta2: Float, epsilon: Float, amsgrad: Bool)
    case sgd(momentum: Float, nesterov: Bool)
    case rmsprop(rho: Float, epsilon: Float, momentum: Float, centered: Bool)
  }

  /// How gradients are clipped before the step.
  public enum Clipping: Sendable, Equatable {
    /// Not at all.
    case none
    /// The gradient of each weight tensor is limited to this norm.
    case norm(Float)
    /// The gradient of all weights together is limited to this norm.
    case globalNorm(Float)
    /// Each element is limited to this magnitude.
    case value(Float)
  }

  /// The update rule and its settings.
  public var rule: Rule
  /// The learning rate.
  public var rate: Schedule
  /// Decoupled weight decay: each step multiplies the weights by 1 - `weightDecay` * learning rate.
  public var weightDecay: Float
  /// How gradients are clipped.
  public var clipping: Clipping

  /// Keras's Adam.
  public static let adam = OptimizerSpec(
    rule: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false), rate: .constant(0.001),
    weightDecay: 0, clipping: .none)

  /// The names of all optimizers.
  public static let names = ["adam", "adamw", "sgd", "rmsprop"]
  private static let positive: ClosedRange<Float> = Float.leastNormalMagnitude...1e6
  private static let decay: ClosedRange<Float> = 0...0.999_999_9

  /// Reads `adam(0.001,clipnorm=1.0)`; throws `Failure` (usage) with the nearest known name.
  public init(parsing text: String) throws {
    let calls = try CallSyntax.parse(text, subject: "optimizer", example: "adam(0.001,clipnorm=1.0)")
    guard calls.count == 1 else {
      throw Failure.usage("optimizer: \(calls.count) optimizers given", remedy: "give one")
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

  /// The same optimizer for a training of `total` steps, to which schedules with `all` steps extend.
  public func spanning(_ total: Int) -> OptimizerSpec {
    OptimizerSpec(
      rule: rule, rate: rate.spanning(total), weightDecay: weightDecay, clipping: clipping)
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
        beta1: try arguments.number(nil, "beta_1", in: decay) ?? 0.9,
        beta2: try arguments.number(nil, "beta_2", in: decay) ?? 0.999,
        epsilon: try arguments.number(nil, "epsilon", in: positive) ?? 1e-7,
        amsgrad: try arguments.flag("amsgrad") ?? false)
    case "sgd":
      return .sgd(
        momentum: try arguments.number(nil, "momentum", in: decay) ?? 0,
        nesterov: try arguments.flag("nesterov") ?? false)
    case "rmsprop":
      return .rmsprop(
        rho: try arguments.number(nil, "rho", in: decay) ?? 0.9,
        epsilon: try arguments.number(nil, "epsilon", in: positive) ?? 1e-7,
        momentum: try arguments.number(nil, "momentum", in: decay) ?? 0,
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

  /// The optimizer in the format of `init(parsing:)`, with every setting.
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
