// Learning rate schedules: constant, or one of Keras's schedules
// (keras/src/optimizers/schedules/learning_rate_schedule.py), given as an optimizer's learning rate:
// `adam(cosine(0.001,10000,warmup_target=0.01,warmup_steps=500))`. The number of steps can be the word `all`: those of
// the whole training, which are known with the data.

import Failures
import Glibc
import Networks
import OptionSyntax
import Spelling

/// The learning rate as a function of the optimizer's step. A number of steps that is nil is that of the whole training.
public enum Schedule: Sendable, Equatable {
  /// A constant rate, which callbacks may change.
  case constant(Float)
  /// `rate decay^(step / steps)`; with `staircase`, the exponent is rounded down.
  case exponential(rate: Float, steps: Int?, decay: Float, staircase: Bool)
  /// Half a cosine from the rate down to `alpha` times the rate in `steps` steps; if `warmup` is given, preceded by
  /// a linear increase from the rate to the warmup's target, from which the cosine then starts.
  case cosine(rate: Float, steps: Int?, alpha: Float, warmup: Warmup?)
  /// `values[i]` up to step `boundaries[i]`, then the last value.
  case step(boundaries: [Int], values: [Float])

  /// An initial increase of the rate.
  public struct Warmup: Sendable, Equatable {
    /// The rate at its end.
    public var target: Float
    /// Its number of steps.
    public var steps: Int
  }

  /// Whether the rate is constant.
  public var isConstant: Bool {
    if case .constant = self { true } else { false }
  }

  /// The same schedule for a training of `total` steps, after which it ends where its steps are `all`.
  public func spanning(_ total: Int) -> Schedule {
    switch self {
    case .exponential(let rate, nil, let decay, let staircase):
      .exponential(rate: rate, steps: max(1, total), decay: decay, staircase: staircase)
    case .cosine(let rate, nil, let alpha, let warmup):
      .cosine(rate: rate, steps: max(1, total - (warmup?.steps ?? 0)), alpha: alpha, warmup: warmup)
    default: self
    }
  }

  /// The rate at step `step`, from 0.
  public func rate(at step: Int) -> Float {
    switch self {
    case .constant(let rate): return rate
    case .exponential(let rate, let steps, let decay, let staircase):
      let exponent = Double(step) / Double(steps ?? .max)
      return Float(Double(rate) * pow(Double(decay), staircase ? exponent.rounded(.down) : exponent))
    case .cosine(let rate, let steps, let alpha, nil):
      return Self.cosine(step, of: steps ?? .max, rate, alpha)
    case .cosine(let rate, let steps, let alpha, let warmup?):
      if step >= warmup.steps {
        return Self.cosine(step - warmup.steps, of: steps ?? .max, warmup.target, alpha)
      }
      return rate + (warmup.target - rate) * Float(step) / Float(warmup.steps)
    case .step(let boundaries, let values):
      let index = boundaries.firstIndex { step <= $0 } ?? boundaries.count
      return values[index]
    }
  }

  private static func cosine(_ step: Int, of steps: Int, _ rate: Float, _ alpha: Float) -> Float {
    let fraction = 0.5 * (1 + cos(Double.pi * Double(min(step, steps)) / Double(steps)))
    return Float(Double(rate) * ((1 - Double(alpha)) * fraction + Double(alpha)))
  }
}

// MARK: - Text

extension Schedule {
  /// The names of all schedules.
  public static let names = ["constant", "exponential", "cosine", "step"]
  private static let rates: ClosedRange<Float> = Float.leastNormalMagnitude...1e6
  private static let warmupRates: ClosedRange<Float> = 0...1e6

  /// Reads a number, or a call such as `exponential(0.01,1000,0.9,staircase)`; throws `Failure` (usage).
  init(_ value: CallSyntax.Value) throws {
    switch value {
    case .word(let text):
      guard let rate = Float(text), Self.rates.contains(rate) else {
        throw Failure.usage(
          "optimizer: the learning rate is '\(text)'",
          remedy: "give a number above 0 and at most 1000000, or a schedule")
      }
      self = .constant(rate)
    case .call(let call): self = try Self.schedule(call)
    case .group:
      throw Failure.usage("optimizer: the learning rate is '\(value)'", remedy: "give a number or a schedule")
    }
  }

  private static func schedule(_ call: CallSyntax) throws -> Schedule {
    var arguments = try CallArguments(
      call, subject: "schedule \(call.name)", flags: call.name == "exponential" ? ["staircase"] : [],
      positions: 3)
    let schedule: Schedule
    switch call.name {
    case "constant": schedule = .constant(try rate(&arguments, in: rates))
    case "exponential": schedule = try exponential(&arguments)
    case "cosine": schedule = try cosine(&arguments)
    case "step": schedule = try step(&arguments)
    default:
      throw Failure.usage(
        "unknown schedule '\(call.name)'", remedy: suggestion(for: call.name, among: names))
    }
    try arguments.finish()
    return schedule
  }

  private static func rate(_ arguments: inout CallArguments, in range: ClosedRange<Float>) throws -> Float {
    guard let rate = try arguments.number(0, "initial_learning_rate", in: range) else {
      throw arguments.missing("initial_learning_rate")
    }
    return rate
  }

  /// A number of steps; nil for `all`.
  private static func steps(_ arguments: inout CallArguments) throws -> Int? {
    guard let text = try arguments.word(1, "decay_steps") else { throw arguments.missing("decay_steps") }
    if text == "all" { return nil }
    guard let steps = Int(text), (1...1 << 24).contains(steps) else {
      throw arguments.refuse(
        "'decay_steps' is \(text)",
        "a whole number from 1 to \(1 << 24), or all: the steps of the whole training")
    }
    return steps
  }

  private static func exponential(_ arguments: inout CallArguments) throws -> Schedule {
    let (rate, steps) = (try rate(&arguments, in: rates), try steps(&arguments))
    guard let decay = try arguments.number(2, "decay_rate", in: rates) else {
      throw arguments.missing("decay_rate")
    }
    return .exponential(
      rate: rate, steps: steps, decay: decay, staircase: try arguments.flag("staircase") ?? false)
  }

  private static func cosine(_ arguments: inout CallArguments) throws -> Schedule {
    // A warmup may start at a rate of 0.
    let (rate, steps) = (try rate(&arguments, in: warmupRates), try steps(&arguments))
    let alpha = try arguments.number(2, "alpha", in: 0...1) ?? 0
    let target = try arguments.number(nil, "warmup_target", in: rates)
    let warmupSteps = try arguments.count(nil, "warmup_steps") ?? 0
    guard (target == nil) == (warmupSteps == 0) else {
      throw arguments.missing(target == nil ? "warmup_target" : "warmup_steps")
    }
    return .cosine(
      rate: rate, steps: steps, alpha: alpha, warmup: target.map { Warmup(target: $0, steps: warmupSteps) })
  }

  private static func step(_ arguments: inout CallArguments) throws -> Schedule {
    let example = "such as step(boundaries=1000:5000,values=0.01:0.001:0.0001)"
    let boundaries = try arguments.list("boundaries").map { $0.compactMap { Int($0) } }
    let values = try arguments.list("values").map { $0.compactMap { Float($0) } }
    guard let boundaries, let values, !boundaries.isEmpty, values.count == boundaries.count + 1,
      boundaries == boundaries.sorted(), boundaries[0] >= 0, values.allSatisfy({ warmupRates.contains($0) })
    else {
      throw Failure.usage(
        "schedule step: needs increasing boundaries and one more value than boundaries, separated by colons",
        remedy: example)
    }
    return .step(boundaries: boundaries, values: values)
  }
}

extension CallArguments {
  /// The parts of a value, which are separated by colons.
  fileprivate mutating func list(_ key: String) throws -> [Substring]? {
    try word(nil, key)?.split(separator: ":", omittingEmptySubsequences: false)
  }
}

extension Schedule: CustomStringConvertible {
  /// The schedule in the format of the command line; a constant schedule is its rate.
  public var description: String {
    switch self {
    case .constant(let rate): "\(rate)"
    case .exponential(let rate, let steps, let decay, let staircase):
      "exponential(\(rate),\(text(steps)),\(decay)\(staircase ? ",staircase" : ""))"
    case .cosine(let rate, let steps, let alpha, let warmup):
      "cosine(\(rate),\(text(steps)),\(alpha)"
        + (warmup.map { ",warmup_target=\($0.target),warmup_steps=\($0.steps)" } ?? "") + ")"
    case .step(let boundaries, let values):
      "step(boundaries=\(boundaries.map(String.init).joined(separator: ":")),"
        + "values=\(values.map { "\($0)" }.joined(separator: ":")))"
    }
  }

  private func text(_ steps: Int?) -> String { steps.map(String.init) ?? "all" }
}
