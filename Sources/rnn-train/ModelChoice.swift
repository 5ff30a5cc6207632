// From the command line and the stream to an architecture and an objective: presets take sizes from the stream,
// a loss that isn't given is told from the layer that makes the output.

import Failures
import JSON
import Networks
import Sequences
import TensorFile
import Training

/// What the command line asks for, understood before any data is there: at the end of a pipe it may be long in
/// coming.
struct ModelRequest {
  /// Where the layers come from; --layers and --config go before a preset, whose other settings still count.
  enum Network {
    case layers(Topology)
    case file(NetworkFile)
    case preset(Preset)
  }

  let network: Network
  let loss: NamedSettings?
  let metrics: NamedSettings?
  let lossWeights: String
  let optimizer: OptimizerSpec
  let batchSize: Int
  let epochs: Int

  /// - Parameter file: the network that --config names.
  /// - Throws: `Failure` (usage) where no network is named, or something isn't known.
  init(_ options: ModelOptions, file: NetworkFile?) throws {
    let preset = try options.preset.map(Preset.named)
    network = try Self.network(options, file, preset)
    loss = try options.loss.map { try NamedSettings(parsing: $0, what: "loss") }
    metrics = try options.metrics.map { try NamedSettings(parsing: $0, what: "metrics") }
    lossWeights = options.lossWeights ?? ""
    optimizer = try OptimizerSpec(parsing: options.optimizer)
    batchSize = options.batchSize ?? preset?.batchSize ?? 32
    epochs = options.epochs ?? preset?.epochs ?? 10
    try check()
  }

  /// What can be checked before the data is there.
  private func check() throws {
    let outputs = topology.outputs.map(\.name)
    for settings in [loss, metrics].compactMap({ $0 }) { try settings.check(outputs: outputs) }
    for output in outputs {
      _ = try loss?[output].map(Loss.init(parsing:))
      _ = try metrics?[output].map(Metric.parse(list:))
    }
    _ = try LossWeights(parsing: lossWeights, outputs: outputs)
  }

  private static func network(
    _ options: ModelOptions, _ file: NetworkFile?, _ preset: Preset?
  ) throws -> Network {
    if let file { return .file(file) }
    if let text = options.layers { return .layers(try Topology(parsing: text)) }
    if let preset { return .preset(preset) }
    throw Failure.usage(
      "no network is named", remedy: "give --layers \"lstm(64) dense(1)\", --preset NAME or --config FILE")
  }

  /// The layers' connections; a preset's layers are a chain whatever its sizes.
  var topology: Topology {
    switch network {
    case .layers(let topology): topology
    case .file(let file): file.topology
    case .preset: Topology(chain: [])
    }
  }
}

/// The network that is to be trained, and its objective.
struct ModelChoice {
  let architecture: Architecture
  let objective: Objective
  let batchSize: Int
  let epochs: Int

  init(_ request: ModelRequest, _ rows: TrainingRows, _ header: StreamHeader) throws {
    let sizes = try Self.sizes(rows, header)
    architecture = try Self.architecture(request.network, sizes, rows.inputs)
    let usual = try Self.usualLosses(request, architecture, sizes, rows)
    objective = try Self.objective(request, architecture, usual)
    (batchSize, epochs) = (request.batchSize, request.epochs)
    try checkTokens(rows)
    try checkTargets(rows)
  }

  /// Units of the first output, which are the classes where targets are class numbers.
  var classes: Int { architecture.outputs[0].width }

  private static func architecture(
    _ network: ModelRequest.Network, _ sizes: Preset.Sizes, _ inputs: [ValueShape]
  ) throws -> Architecture {
    switch network {
    case .layers(let topology): return try Architecture(topology, inputs: inputs)
    case .file(let file): return try file.architecture(for: inputs)
    case .preset(let preset):
      guard !preset.readsTokens || inputs[0].isTokens else {
        throw Failure.data(
          "the preset \(preset.name) reads token ids, the stream has numbers", at: "column x",
          remedy: "make ids with rnn-tokenize and rnn-pad")
      }
      return try Architecture(layers: preset.layers(sizes), input: inputs[0])
    }
  }

  private static func sizes(_ rows: TrainingRows, _ header: StreamHeader) throws -> Preset.Sizes {
    // The size that the tokens were asked to stay below, as in Keras; else what the data has.
    let asked = try header.metadata["rnn.vocabulary"].map { try JSONValue(parsing: $0) }?["size"]?.int
    let vocabulary = try asked ?? Vocabulary(header: header)?.size
    let classes = try ClassNames(header: header)?.count
    return Preset.Sizes(
      vocabulary: max(vocabulary ?? 0, Int(rows.largestToken) + 1), targets: rows.targetWidths[0],
      classes: classes ?? Int(min(rows.largestTarget, 1e6)) + 1)
  }

  // MARK: The objective

  private static func objective(
    _ request: ModelRequest, _ architecture: Architecture, _ usual: [Loss]
  ) throws -> Objective {
    let outputs = architecture.topology.outputs.map(\.name)
    let weights = try lossWeights(request, outputs)
    return Objective(
      try zip(outputs, usual).map { output, usual in
        let loss = try request.loss?[output].map(Loss.init(parsing:)) ?? usual
        let metrics = try request.metrics?[output].map(Metric.parse(list:))
        return Objective.Term(
          name: outputs.count > 1 ? output : nil, loss: loss, weight: weights[output],
          metrics: metrics ?? [loss.isCrossentropy ? .accuracy : .meanAbsoluteError])
      })
  }

  /// The weights asked for, else those that a file was compiled with.
  private static func lossWeights(_ request: ModelRequest, _ outputs: [String]) throws -> LossWeights {
    guard request.lossWeights.isEmpty, case .file(let file) = request.network, outputs.count > 1 else {
      return try LossWeights(parsing: request.lossWeights, outputs: outputs)
    }
    let pairs = zip(outputs, file.compiled.weights).map { "\($0)=\($1)" }
    return try LossWeights(parsing: pairs.joined(separator: ","), outputs: outputs)
  }

  /// A preset's own loss, which suits its layers, or the one that a file was compiled with; else what suits each
  /// output.
  private static func usualLosses(
    _ request: ModelRequest, _ architecture: Architecture, _ sizes: Preset.Sizes, _ rows: TrainingRows
  ) throws -> [Loss] {
    if case .preset(let preset) = request.network { return [try Loss(parsing: preset.loss(sizes))] }
    return try architecture.topology.outputs.enumerated().map { number, output in
      if case .file(let file) = request.network, request.loss?[output.name] == nil,
        let loss = try file.loss(ofOutput: number)
      {
        return loss
      }
      return Loss.usual(
        for: architecture.topology.outputFunction(number), units: architecture.outputs[number].width,
        targetWidth: rows.targetWidths[number])
    }
  }

  // MARK: Checks

  private func checkTokens(_ rows: TrainingRows) throws {
    for (number, column) in rows.binding.inputs.enumerated() {
      guard let vocabulary = architecture.vocabulary(ofInput: number),
        case .tokens(let ids) = rows.training.inputs[number], let largest = largest(ids, rows, number),
        largest >= vocabulary
      else { continue }
      throw Failure.data(
        "the token id \(largest) is beyond the embedding's \(vocabulary) ids", at: "column \(column)",
        remedy: "begin with embedding(\(largest + 1),WIDTH), or tokenize with --vocab-size \(vocabulary)")
    }
  }

  /// The largest id of an input in both parts.
  private func largest(_ ids: [Int32], _ rows: TrainingRows, _ number: Int) -> Int32? {
    guard let validation = rows.validation, case .tokens(let others) = validation.inputs[number] else {
      return ids.max()
    }
    return [ids.max(), others.max()].compactMap { $0 }.max()
  }

  /// Labels and probabilities must lie in the loss's range.
  private func checkTargets(_ rows: TrainingRows) throws {
    for data in [rows.training, rows.validation].compactMap({ $0 }) {
      for (number, targets) in data.targets.enumerated() {
        let (loss, classes) = (objective.terms[number].loss, architecture.outputs[number].width)
        guard let place = targets.values.firstIndex(where: { !loss.accepts($0, classes: classes) }) else {
          continue
        }
        throw Failure.data(
          "row \(place / targets.width) of its part has \(targets.values[place]), outside the range of \(loss)",
          at: "column \(rows.binding.targets[number])",
          remedy: loss.takesLabels
            ? "the last layer has \(classes) classes, numbered from 0" : "its targets lie between 0 and 1")
      }
    }
  }
}
