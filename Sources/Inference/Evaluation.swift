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
  /// The losses and metrics of the outputs.
  private let terms: [Objective.Term]
  /// The counts of tags, of a model that tags words.
  public private(set) var tags: TagCounts?

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
    tags = model.tagging.map { TagCounts(areEntities: $0.areEntities) }
    language = try LanguageEvaluation(model)
    self.countsConfusion = countsConfusion
    self.terms = terms
    ignoredClass = terms[0].loss.ignoredClass
    forecast = try model.window.map { try ForecastEvaluation($0, model, metrics: terms[0].metrics) }
  }

  /// Adds a chunk's predictions and targets, both in the units of the data.
  public mutating func add(_ prediction: Prediction.Output, targets: Tensor, _ chunk: Chunk) throws {
    for term in terms where term.name == prediction.name { try term.checkMetrics(targets: targets.floats) }
    if countsConfusion { try count(prediction, targets) }
    labels?.add(prediction.values, targets)
    try countTags(prediction, targets)
    language?.add(prediction.values, targets: targets, mask: prediction.mask)
    try forecast?.add(prediction.values, targets: targets, chunk)
  }

  /// Adds the tags of a sentence of a file.
  public mutating func add(tags predicted: [String], actual: [String]) {
    guard let classes = model.classes else { return }
    tags?.add(predicted: predicted, actual: actual, classes: classes)
    guard countsConfusion else { return }
    var counted =
      confusion
      ?? ConfusionCounts(outputs: classes.count, names: classes, ignoredClass: nil, threshold: 0.5)
    for (tag, other) in zip(actual, predicted) {
      if let label = classes.id(of: tag), let found = classes.id(of: other) {
        counted.add(label: Int(label), predicted: Int(found))
      }
    }
    confusion = counted
  }

  /// Counts the tags of the unmasked steps of each row.
  private mutating func countTags(_ prediction: Prediction.Output, _ targets: Tensor) throws {
    guard tags != nil, let classes = model.classes, let labels = targets.integers,
      prediction.values.shape.count == 3, prediction.values.shape[1] == targets.rowWidth
    else { return }
    let (outputs, width, steps) = (
      prediction.values.floats, prediction.values.shape[2], prediction.values.shape[1]
    )
    for row in 0..<prediction.values.shape[0] {
      let places = (row * steps..<(row + 1) * steps).filter { prediction.mask?[$0] ?? true }
      let found = places.map {
        predictedClass(outputs[$0 * width..<($0 + 1) * width], threshold: model.classThreshold)
      }
      tags?.add(
        predicted: found.map { classes.name($0) ?? "\($0)" },
        actual: places.map { classes.name(labels[$0]) ?? "\(labels[$0])" }, classes: classes)
    }
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
    if let tags { return result + tags.entityValues }
    if let language { return result + language.values }
    guard let forecast else { return result }
    return Array(result.prefix(1)) + forecast.values
  }

  /// The errors of each target as a table of text; empty if there is only one target.
  /// - Parameter number: formats a value.
  public func targetLines(number: (Double) -> String) -> [String] { forecast?.lines(number: number) ?? [] }

  /// The errors of the series that are forecast worst, as a table of text; empty if there is only one series.
  /// - Parameter number: formats a value.
  public func seriesLines(number: (Double) -> String) -> [String] {
    forecast?.seriesLines(number: number) ?? []
  }

  /// The counts, precision, recall and F1 of each tag, or of each kind of entity, as a table of text.
  /// - Parameter number: formats a number from 0 to 1.
  public func tagLines(number: (Double) -> String) -> [String] { tags?.lines(number: number) ?? [] }

  /// What makes results less meaningful than they look, one line each.
  /// - Parameter number: formats a value.
  public func warnings(number: (Double) -> String) -> [String] {
    (forecast?.warnings(number: number) ?? []) + [language?.warning].compactMap(\.self)
  }
}
