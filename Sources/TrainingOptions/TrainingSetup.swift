// What follows from the options for a network and its training: the request before data arrives, then the rows as the
// network reads them, and the plan. rnn-train and rnn-backtest train alike because both use this.

import Failures
import Networks
import Sequences
import TensorFile
import Training

/// The way from options to a plan for training.
public struct TrainingSetup {
  /// The options for the network.
  public let model: ModelOptions
  /// The options for training.
  public let fitting: FittingOptions

  /// Training as these options say.
  public init(_ model: ModelOptions, _ fitting: FittingOptions) {
    (self.model, self.fitting) = (model, fitting)
  }

  /// The preset's settings, which apply where no option says otherwise; throws `Failure` (usage) if there is no such
  /// preset.
  public var usual: Preset.Settings? { get throws { try model.preset.map(Preset.named)?.settings } }

  /// What to train. --layers and --config override a preset's layers, but not its other settings.
  /// - Parameter file: the network of --config; nil without that option.
  /// - Throws: `Failure` (usage) if no network is given, or a setting is invalid.
  public func request(_ file: NetworkFile?) throws -> TrainingRequest {
    let preset = try model.preset.map(Preset.named)
    let source: TrainingRequest.Source
    if let file {
      source = .file(file.topology, file.architecture)
    } else if let text = model.layers {
      source = .layers(try Topology(parsing: text))
    } else if let preset {
      source = .preset(preset)
    } else {
      throw Failure.usage(
        "no network is given", remedy: "use --layers \"lstm(64) dense(1)\", --preset NAME or --config FILE")
    }
    return try TrainingRequest(
      source, loss: model.loss ?? file?.loss, metrics: model.metrics ?? file?.metrics,
      lossWeights: model.lossWeights ?? file?.lossWeights, quantiles: model.quantiles,
      distribution: model.distribution,
      optimizer: model.optimizer ?? preset?.settings.optimizer ?? "adam(0.001)",
      batchSize: model.batchSize ?? preset?.settings.batchSize ?? file?.batchSize ?? 32,
      epochs: model.epochs ?? preset?.settings.epochs ?? 10,
      validationSplit: fitting.validationSplit ?? preset?.settings.validationSplit)
  }

  /// Makes windows relative as --relative says, or sequences for a network that predicts distributions, and holds out the last rows for validation where there is no part for
  /// it.
  /// - Parameters:
  ///   - header: the header of the rows' stream.
  ///   - note: is called with what the user should know.
  /// - Throws: `Failure` (data) if the rows can't be divided or made relative.
  public func prepare(
    _ rows: inout TrainingRows, _ request: TrainingRequest, _ header: StreamHeader, note: (String) -> Void
  ) throws {
    try convert(&rows, request, header)
    let fraction = request.validationSplit
    if fitting.validation != nil { return }
    if rows.validation == nil {
      // A preset's share is a default, which a single row can't meet.
      if fraction > 0, fitting.validationSplit != nil || rows.training.rows > 1 {
        try holdOut(fraction, of: &rows, header, note: note)
      }
    } else if fitting.validationSplit ?? 0 > 0 {
      note("the stream has a validation part; --validation-split is ignored")
    }
    if fitting.validationSplit == nil, fraction > 0, let held = rows.heldOut {
      let last = held == 1 ? "row" : "\(held) rows"
      let subject = rows.holdsSeries ? "\(last) of the series, the last of each" : "the last \(last)"
      note("validating on \(subject), as the preset does (--validation-split 0 trains on all)")
    }
    if rows.leftOut > 0 {
      note(
        "\(rows.leftOut) rows before those held out for validation are left out: they have targets in common")
    }
  }

  /// Series that are all too short to be divided are an error only where the user asks for it.
  private func holdOut(
    _ fraction: Double, of rows: inout TrainingRows, _ header: StreamHeader, note: (String) -> Void
  ) throws {
    do {
      try rows.holdOut(fraction, overlap: WindowLayout(header: header)?.targetOverlap ?? 0)
    } catch let failure as Failure where fitting.validationSplit == nil && rows.holdsSeries {
      note("\(failure.problem): training on all, without validation")
    }
  }

  /// The column with the weights of rows.
  public var weights: String { fitting.sampleWeight ?? CheckedColumns.usualWeights }

  /// Throws `Failure` if the column of --sample-weight is not there, or an input.
  /// - Parameters:
  ///   - columns: the names of the stream's columns.
  ///   - topology: the network.
  public func checkWeights(_ columns: Set<String>, _ topology: Topology) throws {
    guard let name = fitting.sampleWeight else { return }
    guard columns.contains(name) else {
      throw Failure.data(
        "there is no column \(name), the weights of the rows",
        remedy: "rnn-window --weight COLUMN makes the column weight, or omit --sample-weight")
    }
    guard topology.input(named: name) == nil, name != "y", !name.hasPrefix("y.") else {
      throw Failure.usage(
        "the column \(name) is an input or a target, not the weight of rows", at: "--sample-weight",
        remedy: "name another column")
    }
  }

  /// Validates on the rows of another stream.
  /// - Parameter header: the header of the training data.
  /// - Throws: `Failure` (data) if they have other shapes.
  public func validate(
    _ rows: inout TrainingRows, on others: TrainingRows, _ request: TrainingRequest, _ header: StreamHeader
  ) throws {
    var others = others
    try convert(&others, request, header)
    try rows.validate(on: others)
  }

  private func convert(
    _ rows: inout TrainingRows, _ request: TrainingRequest, _ header: StreamHeader
  ) throws {
    let windows = try request.distribution.map { try sequences(of: $0, header, rows) }
    if fitting.relative { try rows.makeRelative(try relativeWindows(header, rows)) }
    if let windows { try rows.unroll(windows) }
  }

  /// How windows become differences from their last value; throws `Failure` (data) if the rows are no such windows.
  public func relativeWindows(_ header: StreamHeader, _ rows: TrainingRows) throws -> RelativeWindows {
    if let reference = try TargetTransform(header: header).reference {
      throw Failure.usage(
        "the windows are differences already (--transform \(reference.rawValue))", at: "--relative",
        remedy: "omit it")
    }
    guard let window = try WindowLayout(header: header), let input = rows.binding.inputs.firstIndex(of: "x"),
      case .sequence(let steps, _) = rows.inputs[input]
    else {
      throw Failure.data("--relative needs windows of a series", remedy: "create them with rnn-window")
    }
    guard rows.binding.notes.isEmpty else {
      throw Failure.data("--relative needs an input of the network that is named x", remedy: "name it x")
    }
    guard
      let windows = RelativeWindows(
        input: input, steps: steps, inputs: window.inputs, targets: window.targets)
    else {
      throw Failure.data(
        "--relative needs the targets among the inputs", remedy: "add them to rnn-window --columns")
    }
    return windows
  }

  /// Throws `Failure` (usage) if quantiles of differences are requested: the quantiles of a sum are not the sums of
  /// quantiles.
  private func checkQuantiles(_ request: TrainingRequest, _ header: StreamHeader) throws {
    guard request.quantiles != nil, try TargetTransform(header: header).reference == .difference else {
      return
    }
    throw Failure.usage(
      "quantiles of differences don't add up to quantiles of values", at: "--quantiles",
      remedy: "cut the windows with --transform last, or without difference")
  }

  /// The network and its objective for the rows of a stream with this header; throws `Failure` (data) if they don't fit.
  public func plan(
    _ request: TrainingRequest, _ rows: TrainingRows, _ header: StreamHeader
  ) throws -> TrainingPlan {
    try checkQuantiles(request, header)
    var facts = DataFacts()
    let classes = try ClassNames(header: header)
    (facts.classes, facts.hasSeveralLabels) = (classes?.count, classes?.allowsSeveral ?? false)
    facts.hasEntities = try TaggingFacts(header: header)?.areEntities ?? false
    // The first input is read with the main vocabulary, the others with those of their names.
    for (number, input) in request.topology.inputs.enumerated() {
      let vocabulary = try Vocabulary(header: header, name: number == 0 ? nil : input.name)
      facts.vocabularies[input.name] = vocabulary?.size
    }
    for (name, vocabulary) in try Vocabulary.named(header: header) {
      facts.vocabularies[name] = vocabulary.size
    }
    facts.paddingValue = try Padding(header: header)?.value ?? 0
    facts.isContinuous = try header.hasContinuousRows
    if let window = try WindowLayout(header: header) {
      (facts.horizon, facts.targetsAreInputs) = (window.horizon, window.targets == window.inputs)
    }
    if let windows = try WindowSettings(header: header), !windows.statics.categories.isEmpty {
      facts.vocabularies["categories"] = windows.statics.idCount
    }
    return try TrainingPlan(request, rows, facts)
  }

  /// A trainer of the plan's network with the initial weights of the seed.
  /// - Parameters:
  ///   - epochs: how many epochs a schedule of the learning rate spans.
  ///   - threads: the maximum number of threads.
  ///   - group: the processes that train it.
  /// - Throws: `Failure` (usage) if no layer can be trained.
  public func trainer(
    _ request: TrainingRequest, _ plan: TrainingPlan, _ rows: TrainingRows, epochs: Int, seed: UInt64,
    threads: Int, group: ShardGroup = ShardGroup()
  ) throws -> Trainer {
    let batch = min(request.batchSize, rows.training.rows)
    let optimizer = request.optimizer.spanning(epochs * ((rows.training.rows + batch - 1) / batch))
    let architecture = try plan.architecture.freezing(frozenLayers)
    guard try epochs == 0 || !architecture.isFrozen else {
      throw Failure.usage(
        "every layer with weights is frozen", remedy: "leave out trainable=false of a layer")
    }
    return try withinAvailableMemory(of: "training") {
      let network = try Network(architecture, rows: batch, workers: threads, isTraining: true, group: group)
      try network.store.initialize(seed: seed)
      return try Trainer(
        network,
        TrainerOptions(
          plan.objective, optimizer: optimizer, batchSize: batch, seed: seed, threads: threads),
        targetWidths: rows.targetWidths)
    }
  }

  /// The layers of --freeze.
  private var frozenLayers: [String] {
    (model.freeze ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace } }
  }
}
