// Training a model for an origin of a backtest: windows, scaling, held-out rows and weights all come from the rows before
// the origin, which are the only ones that this code gets.

import Failures
import Networks
import Sequences
import TensorFile
import Training
import TrainingOptions

/// How the model of each origin is trained.
public struct FoldTraining {
  private let setup: TrainingSetup
  private let rules: CallbackRules
  private let file: NetworkFile?
  private let request: TrainingRequest
  private let seed: UInt64

  /// - Parameters:
  ///   - file: the network of --config; nil without that option.
  /// - Throws: `Failure` (usage) if no network is given, or a setting is invalid.
  public init(
    _ setup: TrainingSetup, _ rules: CallbackRules, _ file: NetworkFile?, seed: UInt64
  ) throws {
    (self.setup, self.rules, self.file, self.seed) = (setup, rules, file, seed)
    request = try setup.request(file)
  }

  /// The settings that determine a model, by name.
  public var settings: [String: String] {
    get throws {
      let model = setup.model
      let usual = try setup.usual
      let texts: [(String, String?)] = [
        ("layers", model.layers), ("preset", model.preset), ("config", model.config), ("loss", model.loss),
        ("metrics", model.metrics), ("freeze", model.freeze), ("sample_weight", setup.fitting.sampleWeight),
        ("loss_weights", model.lossWeights),
        ("quantiles", model.quantiles), ("distribution", request.distribution?.rawValue),
        ("early_stopping", rules.earlyStopping ?? usual?.earlyStopping),
        ("reduce_lr", rules.reduceRate ?? usual?.reduceRate),
      ]
      let numbers: [String: String] = [
        "optimizer": request.optimizer.description, "batch_size": "\(request.batchSize)",
        "epochs": "\(request.epochs)", "validation_split": "\(request.validationSplit)",
        "relative": "\(setup.fitting.relative)", "no_shuffle": "\(setup.fitting.noShuffle)",
        "best": "\(rules.best)", "seed": "\(seed)",
      ]
      return texts.reduce(into: numbers) { $0[$1.0] = $1.1 }
    }
  }

  /// Prepares the training of a model on the rows before an origin.
  /// - Parameters:
  ///   - known: the rows before the origin.
  ///   - panel: the series that they are of, for what is known of their times and windows.
  ///   - threads: the maximum number of threads; the result doesn't depend on it.
  ///   - note: is called with what the user should know.
  /// - Throws: `Failure` if the rows can't be cut into windows, or don't fit the network.
  func fold(
    _ known: SeriesPanel, of panel: BacktestPanel, threads: Int, note: (String) -> Void = { _ in },
    warn: (String) -> Void = { _ in }
  ) throws -> Fold {
    let settings = try WindowSettings(
      fitting: panel.request, to: known, times: panel.times?.ofBeginnings, fill: panel.fill,
      respectsParts: false,
      numbers: panel.numbers)
    let header = header(settings, known, panel)
    let chunks = try windows(settings, known, panel, note)
    let request = try request.reading(chunks[0].columns.mapValues(\.schema))
    var rows = try TrainingRows(chunks, for: request.topology, remedy: request.dataRemedy)
    let count = rows.training.rows
    try setup.prepare(&rows, request, header, note: note)
    let plan = try setup.plan(request, rows, header)
    var options = try rules.fitOptions(epochs: request.epochs, usual: setup.usual, setup.fitting)
    rules.dropUsual(from: &options, validates: rows.validation != nil, request.optimizer)
    let advice = try TargetAdvice(plan, rows, header, isRelative: setup.fitting.relative)
    for warning in try advice.warnings { warn(warning) }
    let trainer = try setup.trainer(request, plan, rows, epochs: options.epochs, seed: seed, threads: threads)
    let fit = try Fit(trainer, options, training: rows.training, validation: rows.validation)
    return Fold(fit: fit, header: header, settings: settings, windows: count, layers: plan.architecture.text)
  }

  private func header(_ settings: WindowSettings, _ known: SeriesPanel, _ panel: BacktestPanel)
    -> StreamHeader
  {
    var header = StreamHeader(kind: "windows")
    settings.write(into: &header)
    known.writeForm(short: panel.request.short, into: &header)
    panel.times?.column.write(into: &header)
    if setup.fitting.relative { header.metadata["rnn.relative"] = "true" }
    return header
  }

  /// All windows of the known rows.
  private func windows(
    _ settings: WindowSettings, _ known: SeriesPanel, _ panel: BacktestPanel, _ note: (String) -> Void
  ) throws -> [Chunk] {
    var windower = try PanelWindower(
      settings, known.schema, times: panel.times?.ofBeginnings, fill: panel.fill, respectsParts: false,
      numbers: panel.numbers)
    var chunks: [Chunk] = []
    try known.forEach { try windower.add($0) { chunks.append($0) } }
    try windower.finish { chunks.append($0) }
    guard !chunks.isEmpty else {
      throw Failure.data(
        "no training window is left before the first origin: all span gaps or use missing values",
        remedy: "use fewer --origins, or --fill previous")
    }
    let without = panel.series.count - windower.series
    if without > 0 { note("\(without) series have no training window before the first origin") }
    return chunks
  }
}

/// A model in training, for the origins from one on.
struct Fold {
  /// The training, which may be resumed.
  let fit: Fit
  /// The header of its windows.
  let header: StreamHeader
  /// The windows, with everything that was fitted on the rows before the origin.
  let settings: WindowSettings
  /// The number of training windows, those held out for validation included.
  let windows: Int
  /// The network, for the registry.
  let layers: String
}
