// What to train and how, as requested by options: parsed and checked before any data arrives, because that may take
// long at the end of a pipe.

import Failures
import Networks
import TensorFile

/// A network and its training, as far as they don't depend on the data.
public struct TrainingRequest {
  /// Where the layers come from.
  public enum Source {
    /// Layers given on the command line.
    case layers(Topology)
    /// A file's layers, and the function that builds them for the shapes of the inputs.
    case file(Topology, (_ inputs: [ValueShape]) throws -> Architecture)
    /// A preset, whose sizes come from the data.
    case preset(Preset)

    /// The same with an output for each quantile, in ascending order.
    fileprivate func predicting(_ quantiles: Quantiles?) throws -> Source {
      guard let quantiles else { return self }
      switch self {
      case .layers(let topology) where topology.orderedCount == nil:
        return .layers(try topology.appending("ascending(\(quantiles.count))"))
      case .layers, .preset: return self
      case .file:
        throw Failure.usage(
          "--config and --quantiles can't be combined", remedy: "give the layers with --layers")
      }
    }

    /// Whether it is a preset that predicts distributions.
    fileprivate var predictsDistributions: Bool {
      if case .preset(let preset) = self { preset.predictsDistributions } else { false }
    }

    fileprivate var validationSplit: Double {
      if case .preset(let preset) = self { preset.settings.validationSplit } else { 0 }
    }
  }

  let source: Source
  /// The layers and their connections; of a preset, the sizes are those of an outline.
  public private(set) var topology: Topology
  /// What a preset reads of a stream beside its windows; none as long as there is no stream.
  private(set) var covariates = Preset.Covariates()
  let loss: PerOutputSettings?
  let metrics: PerOutputSettings?
  let lossWeights: String
  /// The quantiles to predict; nil if only values are.
  public let quantiles: Quantiles?
  /// The distribution to predict of each next value; nil if values or quantiles are.
  public let distribution: ForecastDistribution?
  /// The optimizer.
  public let optimizer: OptimizerSpec
  /// The batch size.
  public let batchSize: Int
  /// The number of epochs.
  public let epochs: Int
  /// The fraction of the rows to validate on, if the data has no validation part; 0 for none.
  public let validationSplit: Double

  /// - Parameters:
  ///   - loss: the losses in the format of the command line; nil for the default losses.
  ///   - metrics: the metrics in the format of the command line; nil for the default metrics.
  ///   - quantiles: the quantiles to predict of each target, in the format of the command line; nil for values.
  ///   - distribution: the distribution to predict; nil for the preset's, or none.
  ///   - lossWeights: the weights in the format of the command line; nil for 1.
  ///   - validationSplit: the fraction of the rows to validate on; nil for the preset's, or none.
  /// - Throws: `Failure` (usage) if a setting is invalid.
  public init(
    _ source: Source, loss: String?, metrics: String?, lossWeights: String?, quantiles: String? = nil,
    distribution: ForecastDistribution? = nil, optimizer: String, batchSize: Int, epochs: Int,
    validationSplit: Double? = nil
  ) throws {
    self.quantiles = try quantiles.map(Quantiles.init(parsing:))
    self.distribution = distribution ?? (source.predictsDistributions ? .studentT : nil)
    self.source = try source.predicting(self.quantiles)
    topology = try Self.topology(self.source)
    self.loss = try loss.map { try PerOutputSettings(parsing: $0, what: "loss") }
    self.metrics = try metrics.map { try PerOutputSettings(parsing: $0, what: "metrics") }
    self.lossWeights = lossWeights ?? ""
    self.optimizer = try OptimizerSpec(parsing: optimizer)
    (self.batchSize, self.epochs) = (batchSize, epochs)
    self.validationSplit = validationSplit ?? source.validationSplit
    try check()
  }

  /// The same request for a stream with these columns, of which a preset reads what describes a series.
  public func reading(_ columns: [String: ColumnSchema]) throws -> TrainingRequest {
    guard let preset else { return self }
    var request = self
    request.covariates = Preset.Covariates(columns)
    request.topology = try preset.outline(request.covariates)
    return request
  }

  /// What to do about data whose columns the network can't read; nil if that depends on the column.
  public var dataRemedy: String? { preset?.remedy }

  /// The preset whose layers are trained; nil if they come from elsewhere.
  var preset: Preset? { if case .preset(let preset) = source { preset } else { nil } }

  private func check() throws {
    if quantiles != nil, loss != nil {
      throw Failure.usage(
        "--loss and --quantiles can't be combined", remedy: "omit --loss: quantiles have a loss of their own")
    }
    try checkDistribution()
    let outputs = topology.outputs.map(\.name)
    for settings in [loss, metrics].compactMap({ $0 }) { try settings.check(outputs: outputs) }
    for (number, output) in outputs.enumerated() {
      try loss?[output].map(Loss.init(parsing:))?.check(hasOwnLoss: topology.hasOwnLoss(number))
      _ = try metrics?[output].map(Metric.parse(list:))
    }
    _ = try LossWeights(parsing: lossWeights, outputs: outputs)
  }

  /// A distribution has a loss of its own, and is for networks that are made for it.
  private func checkDistribution() throws {
    if let name = try loss?[topology.outputs[0].name].map(Loss.init(parsing:))?.distribution {
      throw Failure.usage(
        "the loss \(name.rawValue) is that of a distribution", at: "--loss",
        remedy: "use --distribution \(name.rawValue)")
    }
    guard distribution != nil else { return }
    let others = [("--loss", loss != nil), ("--quantiles", quantiles != nil), ("--metrics", metrics != nil)]
    if let other = others.first(where: \.1)?.0 {
      throw Failure.usage(
        "a distribution has a loss of its own, and its intervals are chosen in prediction", at: other,
        remedy: "omit it")
    }
    if let preset, !preset.predictsDistributions {
      throw Failure.usage(
        "the preset \(preset.name) doesn't predict distributions", at: "--distribution",
        remedy: "use --preset deepar, or --layers")
    }
    guard topology.outputs.count == 1 else {
      throw Failure.usage(
        "the network has \(topology.outputs.count) outputs", at: "--distribution",
        remedy: "use a network with one")
    }
  }

  private static func topology(_ source: Source) throws -> Topology {
    switch source {
    case .layers(let topology), .file(let topology, _): topology
    case .preset(let preset): try preset.outline()
    }
  }
}

extension Preset.Covariates {
  /// Those among the columns of a stream; a column that has another shape than rnn-window's is none.
  init(_ columns: [String: ColumnSchema]) {
    self.init()
    if let column = columns["known"], !column.isRagged, !column.type.isInteger, column.rowShape.count == 2 {
      (knownSteps, known) = (column.rowShape[0], column.rowShape[1])
    }
    if let column = columns["static"], !column.isRagged, !column.type.isInteger, column.rowShape.count == 1 {
      statics = column.rowShape[0]
    }
    if let column = columns["categories"], !column.isRagged, column.type.isInteger, column.rowShape.count == 1
    {
      categories = column.rowShape[0]
    }
  }
}
