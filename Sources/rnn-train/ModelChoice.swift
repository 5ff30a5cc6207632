// From the command line and the stream to an architecture and a loss: presets take sizes from the stream,
// a loss that isn't given is told from the last layer.

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
    case layers([LayerSpec])
    case file(NetworkFile)
    case preset(Preset)
  }

  let network: Network
  let loss: Loss?
  let metrics: [Metric]?
  let optimizer: OptimizerSpec
  let batchSize: Int
  let epochs: Int

  /// - Parameter file: the network that --config names.
  /// - Throws: `Failure` (usage) where no network is named, or something isn't known.
  init(_ options: ModelOptions, file: NetworkFile?) throws {
    let preset = try options.preset.map(Preset.named)
    network = try Self.network(options, file, preset)
    loss = try options.loss.map(Loss.init(parsing:))
    metrics = try options.metrics.map(Metric.parse(list:))
    optimizer = try OptimizerSpec(parsing: options.optimizer)
    batchSize = options.batchSize ?? preset?.batchSize ?? 32
    epochs = options.epochs ?? preset?.epochs ?? 10
  }

  private static func network(
    _ options: ModelOptions, _ file: NetworkFile?, _ preset: Preset?
  ) throws -> Network {
    if let file { return .file(file) }
    if let text = options.layers { return .layers(try LayerSpec.parse(text)) }
    if let preset { return .preset(preset) }
    throw Failure.usage(
      "no network is named", remedy: "give --layers \"lstm(64) dense(1)\", --preset NAME or --config FILE")
  }
}

/// The network that is to be trained, and how it is judged.
struct ModelChoice {
  let architecture: Architecture
  let loss: Loss
  let metrics: [Metric]
  let batchSize: Int
  let epochs: Int
  /// Units of the last layer, which are the classes where targets are class numbers.
  let classes: Int

  init(_ request: ModelRequest, _ rows: TrainingRows, _ header: StreamHeader) throws {
    let sizes = try Self.sizes(rows, header)
    let layers = try Self.layers(request.network, sizes, rows.input)
    architecture = try Architecture(layers: layers, input: rows.input)
    classes = try architecture.shapes().last?.last ?? 0
    loss = try request.loss ?? Self.usualLoss(request.network, layers, sizes, rows)
    metrics = request.metrics ?? [loss.isCrossentropy ? .accuracy : .meanAbsoluteError]
    (batchSize, epochs) = (request.batchSize, request.epochs)
    try checkTokens(rows)
    try checkTargets(rows)
  }

  private static func layers(
    _ network: ModelRequest.Network, _ sizes: Preset.Sizes, _ input: InputShape
  ) throws -> [LayerSpec] {
    switch network {
    case .layers(let layers): return layers
    case .file(let file): return try file.layers(for: input)
    case .preset(let preset):
      if preset.readsTokens, case .features = input {
        throw Failure.data(
          "the preset \(preset.name) reads token ids, the stream has numbers", at: "column x",
          remedy: "make ids with rnn-tokenize and rnn-pad")
      }
      return try preset.layers(sizes)
    }
  }

  private static func sizes(_ rows: TrainingRows, _ header: StreamHeader) throws -> Preset.Sizes {
    // The size that the tokens were asked to stay below, as in Keras; else what the data has.
    let asked = try header.metadata["rnn.vocabulary"].map { try JSONValue(parsing: $0) }?["size"]?.int
    let vocabulary = try asked ?? Vocabulary(header: header)?.size
    let classes = try ClassNames(header: header)?.count
    return Preset.Sizes(
      vocabulary: max(vocabulary ?? 0, Int(rows.largestToken) + 1), targets: rows.training.targetWidth,
      classes: classes ?? Int(min(rows.largestTarget, 1e6)) + 1)
  }

  /// A preset's own loss, which suits its layers; behind others cross-entropies after sigmoid and softmax, squared
  /// errors after anything else.
  private static func usualLoss(
    _ network: ModelRequest.Network, _ layers: [LayerSpec], _ sizes: Preset.Sizes, _ rows: TrainingRows
  ) throws -> Loss {
    if case .preset(let preset) = network { return try Loss(parsing: preset.loss(sizes)) }
    guard case .dense(let options)? = layers.last else { return .meanSquaredError }
    let units = options.units
    switch options.activation {
    case .softmax:
      return rows.training.targetWidth % units == 0 && units > 1
        ? .categoricalCrossentropy : .sparseCategoricalCrossentropy
    case .elementwise(.sigmoid): return .binaryCrossentropy
    default: return .meanSquaredError
    }
  }

  private func checkTokens(_ rows: TrainingRows) throws {
    guard case .embedding(let options)? = architecture.layers.first else { return }
    let vocabulary = options.vocabulary
    guard rows.largestToken < vocabulary else {
      throw Failure.data(
        "the token id \(rows.largestToken) is beyond the embedding's \(vocabulary) ids", at: "column x",
        remedy:
          "begin with embedding(\(rows.largestToken + 1),WIDTH), or tokenise with --vocab-size \(vocabulary)")
    }
  }

  /// Labels and probabilities must lie in the loss's range.
  private func checkTargets(_ rows: TrainingRows) throws {
    for data in [rows.training, rows.validation].compactMap({ $0 }) {
      for (place, value) in data.targets.enumerated() where !loss.accepts(value, classes: classes) {
        throw Failure.data(
          "row \(place / data.targetWidth) of its part has \(value), outside the range of \(loss)",
          at: "column y", remedy: remedy)
      }
    }
  }

  private var remedy: String {
    loss.takesLabels
      ? "the last layer has \(classes) classes, numbered from 0" : "its targets lie between 0 and 1"
  }
}
