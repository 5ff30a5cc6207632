// What a loss expects of the network's outputs and of the targets: shapes, ranges, and whether the outputs are
// probabilities or their logits.

import Failures
import Kernels
import Networks

extension Loss {
  /// Whether targets are class ids instead of values.
  public var usesClassIDs: Bool { kind == .sparseCategoricalCrossentropy || kind == .crf }

  /// Whether it compares classes or probabilities, not values.
  public var isCrossEntropy: Bool {
    switch kind {
    case .binaryCrossentropy, .categoricalCrossentropy, .sparseCategoricalCrossentropy,
      .binaryFocalCrossentropy,
      .categoricalFocalCrossentropy, .crf:
      true
    case .meanSquaredError, .meanAbsoluteError, .meanAbsolutePercentageError, .meanSquaredLogarithmicError,
      .logCosh, .huber, .quantile, .quantiles, .studentT, .normal, .negativeBinomial, .ctc:
      false
    }
  }

  /// Whether the outputs are probabilities of independent classes, not of classes that exclude each other.
  var isBinary: Bool { kind == .binaryCrossentropy || kind == .binaryFocalCrossentropy }

  /// The default loss for an output: cross-entropies after sigmoid and softmax, squared errors after anything else.
  ///
  /// - Parameters:
  ///   - units: the width of the output at each step.
  ///   - targetWidth: the number of values in the target of a row, or of each of its steps.
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
    case .sparseCategoricalCrossentropy, .crf:
      target == target.rounded()
        && ((target >= 0 && target < Float(classes)) || target == ignoredClass.map(Float.init))
    case .ctc: target == target.rounded() && target >= 0 && target < Float(classes)
    default: isCrossEntropy ? target >= 0 && target <= 1 : target.isFinite
    }
  }

  /// What to do about a target that is out of range.
  func remedy(forTarget target: Float, classes: Int) -> String {
    if usesClassIDs || isOfSequences {
      return "the last layer has \(classes) \(classes == 1 ? "class" : "classes"), numbered from 0"
    }
    if classes > 1, target > 1, target == target.rounded() {
      return "for class ids, train with --loss sparse_categorical_crossentropy"
    }
    return "its targets must be between 0 and 1"
  }

  /// Throws `Failure` (data) if outputs and targets of these shapes can't be compared.
  func check(outputSteps: Int, outputWidth: Int, targetWidth: Int, name: String?) throws {
    if isOfSequences {
      guard targetWidth <= outputSteps else {
        throw Failure.data(
          "\(counted(targetWidth, "symbol")) don't fit into \(counted(outputSteps, "step")) of the output",
          at: "column \(name.map { "y.\($0)" } ?? "y")",
          remedy: "use return_sequences, and at least one step for each symbol")
      }
      return
    }
    let expected = usesClassIDs ? outputSteps : outputSteps * outputWidth / outputsPerTarget * valuesPerTarget
    guard targetWidth == expected && outputWidth % outputsPerTarget == 0 || targetWidth == 0 else {
      throw Failure.data(
        "the network has \(counted(outputSteps * outputWidth, "output")) per row, the targets have \(targetWidth)",
        at: "column \(name.map { "y.\($0)" } ?? "y")",
        remedy: remedy(outputSteps: outputSteps, outputWidth: outputWidth, targetWidth: targetWidth))
    }
  }

  private func remedy(outputSteps: Int, outputWidth: Int, targetWidth: Int) -> String {
    if usesClassIDs { return "\(kind.rawValue) needs one class id per step" }
    if isCrossEntropy, outputWidth > 1, targetWidth == outputSteps {
      return "for one class id per step, train with --loss sparse_categorical_crossentropy"
    }
    if targetWidth % outputSteps == 0 {
      let units = targetWidth / outputSteps / valuesPerTarget * outputsPerTarget
      return "the last layer needs \(units) \(units == 1 ? "unit" : "units")"
    }
    return "leave out return_sequences in the last recurrent layer, or end with a layer that returns one step"
  }

  /// Throws `Failure` (usage) if the loss is to be computed from logits, but the output's activation is `function`,
  /// whose outputs are probabilities.
  ///
  /// Where the function is the one that the loss would apply itself, the loss is computed from its logits, with and
  /// without `from_logits`, as in Keras on TensorFlow.
  ///
  /// - Parameter hasLogits: whether the function's logits are known.
  func check(_ function: OutputFunction?, hasLogits: Bool) throws {
    guard fromLogits, function == .elementwise(.sigmoid) || function == .softmax else { return }
    if usesLogits(of: function), hasLogits { return }
    throw Failure.usage(
      "the loss \(kind.rawValue) is to be computed from logits, but the last layer's \(function?.name ?? "") "
        + "makes probabilities of them", remedy: "leave out from_logits or the activation")
  }

  /// Throws `Failure` (usage) unless it is the loss that the output's layer computes itself, if it does.
  func check(hasOwnLoss: Bool) throws(Failure) {
    guard hasOwnLoss != (kind == .crf) else { return }
    throw hasOwnLoss
      ? Failure.usage("the layer crf has a loss of its own, not \(self)", remedy: "omit --loss")
      : Failure.usage("the loss crf needs the layer crf at the end", remedy: "such as \"dense(17) crf\"")
  }

  /// Throws `Failure` (usage) if there are metrics, which compare steps with steps, but targets don't belong to steps, or
  /// outputs are not values.
  func check(metrics: [Metric]) throws(Failure) {
    if let distribution, !metrics.isEmpty {
      throw Failure.usage(
        "the network predicts \(distribution.rawValue) distributions, not values", at: "--metrics",
        remedy: "omit it; rnn-predict --evaluate computes the errors of forecasts")
    }
    guard isOfSequences, let metric = metrics.first else { return }
    throw Failure.usage(
      "\(metric.name) compares step by step, but with the loss \(kind.rawValue), targets don't belong to steps",
      at: "--metrics", remedy: "omit it; rnn-predict --evaluate computes exact_match and error_rate")
  }

  /// Whether the loss of an output with the activation `function` is computed from the logits.
  func usesLogits(of function: OutputFunction?) -> Bool {
    switch kind {
    case .binaryCrossentropy, .binaryFocalCrossentropy: function == .elementwise(.sigmoid)
    case .categoricalCrossentropy, .sparseCategoricalCrossentropy, .ctc: function == .softmax
    default: false
    }
  }

  /// Whether an output with the activation `function` has logits instead of probabilities.
  public func readsLogits(behind function: OutputFunction?) -> Bool {
    fromLogits && !usesLogits(of: function)
  }
}
