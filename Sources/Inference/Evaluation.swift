// The evaluation of predictions: the loss and metrics as in training, errors in the units of the data, the errors of
// naive forecasts for comparison, and the confusion matrix.

import Failures
import Networks
import Sequences
import Tensor
import TensorFile
import Training

/// Metrics accumulated over chunks.
public struct Evaluation {
  private let model: LoadedModel
  /// Errors in the units of the data, of a model of windows.
  private var forecast: ForecastEvaluation?
  /// The confusion matrix, if requested.
  public private(set) var confusion: ConfusionCounts?
  private let countsConfusion: Bool
  /// The counts of each class, of a model whose rows can have several.
  private var labels: LabelCounts?
  /// How well a text is predicted, of a model that predicts the next token.
  private var language: LanguageEvaluation?
  private let ignoredClass: Int?

  /// - Parameters:
  ///   - metrics: metrics to use instead of the model's, in the format of the command line.
  ///   - countsConfusion: whether to compute the confusion matrix.
  /// - Throws: `Failure` (usage) if the confusion matrix is requested for a model with several outputs.
  public init(_ model: LoadedModel, metrics: String?, countsConfusion: Bool) throws {
    self.model = model
    let terms = try model.objective(metrics: metrics).terms
    guard !countsConfusion || terms.count == 1 else {
      throw Failure.usage("the model has several outputs", at: "--confusion", remedy: "omit it")
    }
    guard !countsConfusion || model.window == nil else {
      throw Failure.usage("the model forecasts numbers, not classes", at: "--confusion", remedy: "omit it")
    }
    let hasSeveralLabels = model.classes?.allowsSeveral ?? false
    guard !countsConfusion || !hasSeveralLabels else {
      throw Failure.usage(
        "rows can have several classes, so none is confused with another", at: "--confusion",
        remedy: "use --evaluate, which computes precision, recall and F1 of each class")
    }
    labels =
      hasSeveralLabels
      ? model.classes.map {
        LabelCounts($0, threshold: model.classThreshold)
      } : nil
    language = try LanguageEvaluation(model)
    self.countsConfusion = countsConfusion
    ignoredClass = terms[0].loss.ignoredClass
    forecast = try model.window.map { try ForecastEvaluation($0, model, metrics: terms[0].metrics) }
  }

  /// Adds a chunk's predictions and targets, both in the units of the data.
  public mutating func add(_ prediction: Prediction.Output, targets: Tensor, _ chunk: Chunk) throws {
    if countsConfusion { try count(prediction, targets) }
    labels?.add(prediction.values, targets)
    language?.add(prediction.values, targets: targets, mask: prediction.mask)
    try forecast?.add(prediction.values, targets: targets, chunk)
  }

  private mutating func count(_ prediction: Prediction.Output, _ targets: Tensor) throws {
    let width = prediction.values.shape.last ?? 1
    var counted =
      confusion
      ?? ConfusionCounts(
        outputs: width, names: model.classes, ignoredClass: ignoredClass, threshold: model.classThreshold)
    try counted.add(prediction: prediction.values.floats, targets: targets.floats, mask: prediction.mask)
    confusion = counted
  }

  /// The names and values of loss and metrics; for a model of windows, metrics are in the units of the data, those of
  /// each target included.
  ///
  /// - Parameter trained: the loss and metrics as computed in training.
  public func values(_ trained: [(name: String, value: Double)]) -> [(String, Double)] {
    let result: [(String, Double)] = trained.map { ($0.name, $0.value) }
    if let labels { return result + labels.values }
    if let language { return result + language.values }
    guard let forecast else { return result }
    return Array(result.prefix(1)) + forecast.values
  }

  /// The errors of each target as a table of text; empty where there is only one target.
  /// - Parameter number: formats a value.
  public func targetLines(number: (Double) -> String) -> [String] { forecast?.lines(number: number) ?? [] }

  /// What makes results less meaningful than they look, one line each.
  /// - Parameter number: formats a value.
  public func warnings(number: (Double) -> String) -> [String] {
    (forecast?.warnings(number: number) ?? []) + [language?.warning].compactMap(\.self)
  }
}
