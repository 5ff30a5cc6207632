// The training objective's terms: which loss, with which settings, in the words of `--loss "huber(delta=0.5)"`.
// Names and defaults are Keras's (keras/src/losses/losses.py); the quantile loss, which Keras lacks, is the
// usual pinball loss. The formulas stand in LossRows.swift.

import Failures
import Kernels
import Networks
import OptionSyntax
import Spelling

/// A loss function and its settings.
public struct Loss: Sendable, Equatable, CustomStringConvertible {
  /// A loss function by Keras's name.
  public enum Kind: String, Sendable, CaseIterable {
    case binaryCrossentropy = "binary_crossentropy"
    case categoricalCrossentropy = "categorical_crossentropy"
    case sparseCategoricalCrossentropy = "sparse_categorical_crossentropy"
    case meanSquaredError = "mse"
    case meanAbsoluteError = "mae"
    case huber
    case quantile
  }

  /// The function.
  public let kind: Kind
  /// How much of a cross-entropy's target is spread over all classes.
  public private(set) var labelSmoothing: Float = 0
  /// The class whose rows the sparse cross-entropy leaves out.
  public private(set) var ignoredClass: Int?
  /// The error at which Huber's loss goes from a square to a line.
  public private(set) var delta: Float = 1
  /// The share of targets that should lie below the prediction of the quantile loss.
  public private(set) var quantile: Float = 0.5

  private init(_ kind: Kind) { self.kind = kind }

  /// Cross-entropy of independent probabilities.
  public static let binaryCrossentropy = Loss(.binaryCrossentropy)
  /// Cross-entropy of a distribution over classes against a target distribution.
  public static let categoricalCrossentropy = Loss(.categoricalCrossentropy)
  /// Cross-entropy of a distribution over classes against a class number.
  public static let sparseCategoricalCrossentropy = Loss(.sparseCategoricalCrossentropy)
  /// The mean of squared errors.
  public static let meanSquaredError = Loss(.meanSquaredError)
  /// The mean of absolute errors.
  public static let meanAbsoluteError = Loss(.meanAbsoluteError)

  private static let longNames = [
    "mean_squared_error": "mse", "mean_absolute_error": "mae", "pinball": "quantile",
  ]

  /// Reads `mse`, `huber(delta=0.5)`, `quantile(0.9)`, `binary_crossentropy(label_smoothing=0.1)`; throws
  /// `Failure` (usage) with the nearest known name.
  public init(parsing text: String) throws {
    let calls = try CallSyntax.parse(text, subject: "loss", example: "huber(delta=0.5)")
    guard calls.count == 1 else { throw Failure.usage("loss: \(calls.count) are named", remedy: "name one") }
    let name = Self.longNames[calls[0].name] ?? calls[0].name
    guard let kind = Kind(rawValue: name) else {
      throw Failure.usage(
        "unknown loss '\(name)'", remedy: suggestion(for: name, among: Kind.allCases.map(\.rawValue)))
    }
    self.kind = kind
    var arguments = try CallArguments(
      calls[0], subject: "loss \(name)", positions: kind == .huber || kind == .quantile ? 1 : 0)
    try read(&arguments)
    try arguments.finish()
  }

  private mutating func read(_ arguments: inout CallArguments) throws {
    switch kind {
    case .binaryCrossentropy, .categoricalCrossentropy:
      labelSmoothing = try arguments.number(nil, "label_smoothing", in: 0...1) ?? 0
    case .sparseCategoricalCrossentropy:
      ignoredClass = try arguments.integer(nil, "ignore_class", in: -(1 << 24)...1 << 24)
    case .huber: delta = try arguments.number(0, "delta", in: 1e-30...1e30) ?? 1
    case .quantile:
      guard let share = try arguments.number(0, "quantile", in: 0...1) else {
        throw arguments.missing("quantile")
      }
      quantile = share
    case .meanSquaredError, .meanAbsoluteError: break
    }
  }

  /// The loss as `init(parsing:)` reads it; settings that are Keras's defaults are left out.
  public var description: String {
    switch kind {
    case .huber where delta != 1: "huber(delta=\(delta))"
    case .quantile: "quantile(\(quantile))"
    default:
      if let ignoredClass {
        "\(kind.rawValue)(ignore_class=\(ignoredClass))"
      } else {
        kind.rawValue + (labelSmoothing == 0 ? "" : "(label_smoothing=\(labelSmoothing))")
      }
    }
  }
}

// MARK: - Targets and outputs

extension Loss {
  /// Whether targets are class numbers instead of values.
  public var takesLabels: Bool { kind == .sparseCategoricalCrossentropy }

  /// Whether it compares classes or probabilities; otherwise values.
  public var isCrossentropy: Bool {
    switch kind {
    case .binaryCrossentropy, .categoricalCrossentropy, .sparseCategoricalCrossentropy: true
    case .meanSquaredError, .meanAbsoluteError, .huber, .quantile: false
    }
  }

  /// The loss that suits an output: cross-entropies after sigmoid and softmax, squared errors after anything else.
  ///
  /// - Parameters:
  ///   - units: numbers of the output at a step.
  ///   - targetWidth: numbers of a row's target.
  public static func usual(for function: OutputFunction?, units: Int, targetWidth: Int) -> Loss {
    switch function {
    case .softmax:
      targetWidth % units == 0 && units > 1 ? .categoricalCrossentropy : .sparseCategoricalCrossentropy
    case .elementwise(.sigmoid): .binaryCrossentropy
    default: .meanSquaredError
    }
  }

  /// Whether a target's row is left out.
  func ignores(_ target: Float) -> Bool { ignoredClass.map { Float($0) == target } ?? false }

  /// Whether a target lies in the loss's range, for a network with `classes` outputs.
  public func accepts(_ target: Float, classes: Int) -> Bool {
    switch kind {
    case .sparseCategoricalCrossentropy:
      target == target.rounded()
        && ((target >= 0 && target < Float(classes)) || target == ignoredClass.map(Float.init))
    case .binaryCrossentropy, .categoricalCrossentropy: target >= 0 && target <= 1
    case .meanSquaredError, .meanAbsoluteError, .huber, .quantile: target.isFinite
    }
  }

  /// Throws where this loss can't compare such outputs with such targets.
  func check(outputSteps: Int, outputWidth: Int, targetWidth: Int, name: String?) throws {
    let wanted = takesLabels ? outputSteps : outputSteps * outputWidth
    guard targetWidth == wanted || targetWidth == 0 else {
      throw Failure.data(
        "the network gives \(outputSteps * outputWidth) numbers a row, the targets have \(targetWidth)",
        at: "column \(name.map { "y.\($0)" } ?? "y")",
        remedy: takesLabels
          ? "\(kind.rawValue) takes one class number for each output"
          : "let the last layer have \(targetWidth / max(1, outputSteps)) units")
    }
  }

  /// Whether the loss of an output made by `function` is computed from the logits.
  func usesLogits(of function: OutputFunction?) -> Bool {
    switch kind {
    case .binaryCrossentropy: function == .elementwise(.sigmoid)
    case .categoricalCrossentropy, .sparseCategoricalCrossentropy: function == .softmax
    default: false
    }
  }
}
