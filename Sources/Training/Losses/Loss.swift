// A loss function and its settings, in the words of `--loss "huber(delta=0.5)"`. Names and defaults are Keras's
// (keras/src/losses/losses.py); the quantile loss, which Keras lacks, is the usual pinball loss. The formulas are in
// LossRows.swift.

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
  /// The fraction of a cross-entropy's target that is distributed over all classes.
  public private(set) var labelSmoothing: Float = 0
  /// The class whose rows the sparse cross-entropy ignores.
  public private(set) var ignoredClass: Int?
  /// The error at which the Huber loss changes from quadratic to linear.
  public private(set) var delta: Float = 1
  /// The quantile loss's fraction of targets that should lie below the prediction.
  public private(set) var quantile: Float = 0.5

  private init(_ kind: Kind) { self.kind = kind }

  /// Cross-entropy of independent probabilities.
  public static let binaryCrossentropy = Loss(.binaryCrossentropy)
  /// Cross-entropy of a distribution over classes with respect to a target distribution.
  public static let categoricalCrossentropy = Loss(.categoricalCrossentropy)
  /// Cross-entropy of a distribution over classes with respect to a class id.
  public static let sparseCategoricalCrossentropy = Loss(.sparseCategoricalCrossentropy)
  /// The mean of squared errors.
  public static let meanSquaredError = Loss(.meanSquaredError)
  /// The mean of absolute errors.
  public static let meanAbsoluteError = Loss(.meanAbsoluteError)

  private static let aliases = [
    "mean_squared_error": "mse", "mean_absolute_error": "mae", "pinball": "quantile",
  ]

  /// Reads `mse`, `huber(delta=0.5)`, `quantile(0.9)`, `binary_crossentropy(label_smoothing=0.1)`; throws
  /// `Failure` (usage) with the nearest known name.
  public init(parsing text: String) throws {
    let calls = try CallSyntax.parse(text, subject: "loss", example: "huber(delta=0.5)")
    guard calls.count == 1 else {
      throw Failure.usage("loss: \(calls.count) losses given", remedy: "give one")
    }
    let name = Self.aliases[calls[0].name] ?? calls[0].name
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
      guard let fraction = try arguments.number(0, "quantile", in: 0...1) else {
        throw arguments.missing("quantile")
      }
      quantile = fraction
    case .meanSquaredError, .meanAbsoluteError: break
    }
  }

  /// The loss in the format of `init(parsing:)`, without settings that are Keras's defaults.
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
  /// Whether targets are class ids instead of values.
  public var usesClassIDs: Bool { kind == .sparseCategoricalCrossentropy }

  /// Whether it compares classes or probabilities, not values.
  public var isCrossEntropy: Bool {
    switch kind {
    case .binaryCrossentropy, .categoricalCrossentropy, .sparseCategoricalCrossentropy: true
    case .meanSquaredError, .meanAbsoluteError, .huber, .quantile: false
    }
  }

  /// The default loss for an output: cross-entropies after sigmoid and softmax, squared errors after anything else.
  ///
  /// - Parameters:
  ///   - units: the width of the output at each step.
  ///   - targetWidth: the number of values in a row's target.
  public static func `default`(for function: OutputFunction?, units: Int, targetWidth: Int) -> Loss {
    switch function {
    case .softmax:
      targetWidth % units == 0 && units > 1 ? .categoricalCrossentropy : .sparseCategoricalCrossentropy
    case .elementwise(.sigmoid): .binaryCrossentropy
    default: .meanSquaredError
    }
  }

  /// Whether rows with this target are ignored.
  func ignores(_ target: Float) -> Bool { ignoredClass.map { Float($0) == target } ?? false }

  /// Whether a target is valid for the loss of a network with `classes` outputs.
  public func accepts(_ target: Float, classes: Int) -> Bool {
    switch kind {
    case .sparseCategoricalCrossentropy:
      target == target.rounded()
        && ((target >= 0 && target < Float(classes)) || target == ignoredClass.map(Float.init))
    case .binaryCrossentropy, .categoricalCrossentropy: target >= 0 && target <= 1
    case .meanSquaredError, .meanAbsoluteError, .huber, .quantile: target.isFinite
    }
  }

  /// Throws `Failure` (data) if outputs and targets of these shapes can't be compared.
  func check(outputSteps: Int, outputWidth: Int, targetWidth: Int, name: String?) throws {
    let expected = usesClassIDs ? outputSteps : outputSteps * outputWidth
    guard targetWidth == expected || targetWidth == 0 else {
      throw Failure.data(
        "the network has \(counted(outputSteps * outputWidth, "output")) per row, the targets have \(targetWidth)",
        at: "column \(name.map { "y.\($0)" } ?? "y")",
        remedy: usesClassIDs
          ? "\(kind.rawValue) needs one class id per step"
          : targetWidth % outputSteps == 0
            ? "give the last layer \(counted(targetWidth / outputSteps, "unit"))"
            : "end the network with a layer that returns one step, such as a recurrent layer without return_sequences"
      )
    }
  }

  /// Whether the loss of an output with the activation `function` is computed from the logits.
  func usesLogits(of function: OutputFunction?) -> Bool {
    switch kind {
    case .binaryCrossentropy: function == .elementwise(.sigmoid)
    case .categoricalCrossentropy, .sparseCategoricalCrossentropy: function == .softmax
    default: false
    }
  }
}
