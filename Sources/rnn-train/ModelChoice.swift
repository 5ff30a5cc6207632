// From the command line and the stream to an architecture and a loss: presets take sizes from the stream,
// a loss that isn't given is told from the last layer.

import Failures
import Networks
import Sequences
import TensorFile
import Training

/// The network that is to be trained, and how it is judged.
struct ModelChoice {
  let architecture: Architecture
  let loss: Loss
  let metrics: [Metric]
  let batchSize: Int
  let epochs: Int
  /// Units of the last layer, which are the classes where targets are class numbers.
  let classes: Int

  /// - Parameter file: the network that --config names.
  init(
    _ options: ModelOptions, _ rows: TrainingRows, _ header: StreamHeader, file: NetworkFile?
  ) throws {
    let sizes = try Self.sizes(rows, header)
    let preset = try options.preset.map(Preset.named)
    let layers = try file?.layers(for: rows.input) ?? Self.layers(options, preset, sizes, rows.input)
    architecture = try Architecture(layers: layers, input: rows.input)
    classes = try architecture.shapes().last?.last ?? 0
    // A preset's loss suits its own layers; behind others, the loss is told from the last of them.
    let presetLoss = options.layers == nil && file == nil ? preset?.loss(sizes) : nil
    let lossName = options.loss ?? presetLoss
    loss = try lossName.map(Loss.init(parsing:)) ?? Self.usualLoss(layers, rows)
    metrics =
      try options.metrics.map(Metric.parse(list:)) ?? [loss.isCrossentropy ? .accuracy : .meanAbsoluteError]
    batchSize = options.batchSize ?? preset?.batchSize ?? 32
    epochs = options.epochs ?? preset?.epochs ?? 10
    try checkTokens(rows)
    try checkTargets(rows)
  }

  private static func layers(
    _ options: ModelOptions, _ preset: Preset?, _ sizes: Preset.Sizes, _ input: InputShape
  ) throws -> [LayerSpec] {
    if let text = options.layers { return try LayerSpec.parse(text) }
    guard let preset else {
      throw Failure.usage(
        "no network is named", remedy: "give --layers \"lstm(64) dense(1)\", --preset NAME or --config FILE")
    }
    if case .tokens = input { return try preset.layers(sizes) }
    guard !preset.readsTokens else {
      throw Failure.data(
        "the preset \(preset.name) reads token ids, the stream has numbers", at: "column x",
        remedy: "make ids with rnn-tokenize and rnn-pad")
    }
    return try preset.layers(sizes)
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

  /// Cross-entropies behind sigmoid and softmax, squared errors behind anything else.
  private static func usualLoss(_ layers: [LayerSpec], _ rows: TrainingRows) -> Loss {
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
