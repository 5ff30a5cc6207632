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
  let layout: WindowLayout
  private let scale: ScaleKind

  /// - Parameters:
  ///   - file: the network of --config; nil without that option.
  ///   - layout: the windows of the series.
  ///   - scale: how inputs and targets are scaled.
  /// - Throws: `Failure` (usage) if no network is given, or a setting is invalid.
  public init(
    _ setup: TrainingSetup, _ rules: CallbackRules, _ file: NetworkFile?, _ layout: WindowLayout,
    scale: ScaleKind,
    seed: UInt64
  ) throws {
    (self.setup, self.rules, self.file, self.layout) = (setup, rules, file, layout)
    (self.scale, self.seed) = (scale, seed)
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
        "best": "\(rules.best)", "seed": "\(seed)", "length": "\(layout.length)",
        "horizon": "\(layout.horizon)",
        "columns": layout.inputs.joined(separator: ","), "target": layout.targets.joined(separator: ","),
        "scale": scale.rawValue,
      ]
      return texts.reduce(into: numbers) { $0[$1.0] = $1.1 }
    }
  }

  /// Prepares the training of a model on the rows before an origin.
  /// - Parameters:
  ///   - known: the rows before the origin.
  ///   - times: what is known of the series' times.
  ///   - threads: the maximum number of threads; the result doesn't depend on it.
  ///   - note: is called with what the user should know.
  /// - Throws: `Failure` if the rows can't be cut into windows, or don't fit the network.
  func fold(
    _ known: RereadableSeries, _ times: SeriesTimes?, threads: Int, note: (String) -> Void = { _ in },
    warn: (String) -> Void = { _ in }
  ) throws -> Fold {
    let scan = try SeriesScan(
      known, columns: layout.columns, scale: scale, gaps: .ignore, allowsMissing: true)
    let header = header(scan.scaler, times)
    let chunks = try windows(known, scan.scaler, times)
    let request = try request.reading(chunks[0].columns.mapValues(\.schema))
    var rows = try TrainingRows(chunks, for: request.topology, remedy: request.dataRemedy)
    let count = rows.training.rows
    try setup.prepare(&rows, request, header, note: note)
    let plan = try setup.plan(request, rows, header)
    var options = try rules.fitOptions(epochs: request.epochs, usual: setup.usual, setup.fitting)
    rules.dropUsual(from: &options, validates: rows.validation != nil, request.optimizer)
    let advice = try TargetAdvice(plan, rows, header, isRelative: setup.fitting.relative)
    for warning in advice.warnings { warn(warning) }
    let trainer = try setup.trainer(request, plan, rows, epochs: options.epochs, seed: seed, threads: threads)
    let fit = try Fit(trainer, options, training: rows.training, validation: rows.validation)
    return Fold(fit: fit, header: header, scaler: scan.scaler, windows: count, layers: plan.architecture.text)
  }

  private func header(_ scaler: Scaler, _ times: SeriesTimes?) -> StreamHeader {
    var header = StreamHeader(kind: "windows")
    layout.write(into: &header)
    scaler.write(into: &header)
    times?.column.write(into: &header)
    if setup.fitting.relative { header.metadata["rnn.relative"] = "true" }
    return header
  }

  /// All windows of the known rows.
  private func windows(_ known: RereadableSeries, _ scaler: Scaler, _ times: SeriesTimes?) throws -> [Chunk] {
    var windower = try Windower(
      layout, series: known.schema, scaler: scaler, times: times, allowsMissing: true)
    var chunks: [Chunk] = []
    try known.forEach { rows in
      try windower.push(rows)
      while let chunk = windower.next(atMost: windower.windowsPerChunk) { chunks.append(chunk) }
    }
    guard !chunks.isEmpty else {
      throw Failure.data(
        "no training window is left before the first origin: all span gaps or use missing values",
        remedy: "use fewer --origins, or --fill previous")
    }
    return chunks
  }
}

/// A model in training, for the origins from one on.
struct Fold {
  /// The training, which may be resumed.
  let fit: Fit
  /// The header of its windows.
  let header: StreamHeader
  /// The scaling, fitted on the rows before the origin.
  let scaler: Scaler
  /// The number of training windows, those held out for validation included.
  let windows: Int
  /// The network, for the registry.
  let layers: String
}
