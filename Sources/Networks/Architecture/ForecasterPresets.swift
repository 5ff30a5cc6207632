// The presets for windows of series, besides the LSTM forecaster.

import Failures

extension Preset {
  /// The last layers of a forecaster: a number for each target, or for each quantile of it in ascending order.
  static func forecast(_ sizes: Sizes) -> String {
    let values = "dense(\(sizes.targets * sizes.quantiles))"
    return sizes.quantiles == 1 ? values : "\(values) ascending(\(sizes.quantiles))"
  }

  /// Forecasters of all steps and targets at once.
  static let forecasters = [
    Preset(
      "gru-forecaster", about: "a GRU(128) and a dense layer for all steps, for windows of a series",
      forecasterSettings
    ) { sizes in
      Design(layers: try recurrentLayers(sizes), loss: "mse", metrics: "mae")
    },
    Preset(
      "seq2seq-forecaster",
      about: "a GRU that reads a window of a series, and one that writes the steps after it",
      forecasterSettings, design: decoderDesign),
    Preset(
      "segrnn", about: "a GRU over segments of each column, decoded at once, for long windows of a series",
      segmentSettings, preparation: "rnn-window --length 96 --horizon 96 FILE, without --target",
      design: segmentDesign),
    Preset(
      "deepar", about: "two LSTM(40) that predict the distribution of each next value of a series",
      forecasterSettings, predictsDistributions: true, design: distributionDesign),
  ]

  private static var forecasterSettings: Settings {
    var settings = Settings(batchSize: 64, epochs: 50)
    settings.optimizer = "adam(0.001,clipnorm=1.0)"
    settings.validationSplit = 0.2
    settings.earlyStopping = "patience=5"
    settings.restoresBest = true
    return settings
  }

  /// The state after the window, with what describes the series, gives the forecast of all steps. What is known of a step
  /// changes that of this step, by the same layers for all.
  private static func recurrentLayers(_ sizes: Sizes) throws -> String {
    if sizes.covariates.isEmpty { return "gru(128) dropout(0.1) dense(64,relu) \(forecast(sizes))" }
    let graph = try CovariateGraph(sizes, for: "gru-forecaster")
    let numbers = sizes.targets * sizes.quantiles
    let start = "\(graph.inputs)state: \(graph.window) gru(128) dropout(0.1); "
    guard graph.hasFuture else {
      return start + "y: \(graph.described("state")) dense(64,relu) dense(\(numbers))\(graph.order)"
    }
    return start + """
      all: \(graph.described("state")) dense(64,relu); \
      usual: {all} dense(\(numbers)); \
      steps: {all} repeat_vector(\(graph.horizon)); \
      change: \(graph.known("steps")) dense(64,relu) dense(\(graph.widthOfStep)) flatten; \
      y: {usual change} add\(graph.order)
      """
  }

  /// The decoder begins with the encoder's state, which it also reads at each step.
  @Sendable private static func decoderDesign(_ sizes: Sizes) throws -> Design {
    let graph = try CovariateGraph(sizes, for: "seq2seq-forecaster")
    let decoder = "gru(128,return_sequences,initial_state={encoder.h}) dropout(0.1)"
    let last = "dense(\(graph.widthOfStep)) flatten\(graph.order)"
    return Design(
      layers: """
        \(graph.inputs)encoder: \(graph.window) gru(128,return_state); \
        \(sizes.covariates.isEmpty
          ? "decoder: {encoder} repeat_vector(\(graph.horizon)) \(decoder) \(last)"
          : describedDecoder(graph, decoder, last))
        """, loss: "mse", metrics: "mae")
  }

  /// What is known of a step and of the series is read by the decoder, and once more beside its output.
  private static func describedDecoder(_ graph: CovariateGraph, _ decoder: String, _ last: String) -> String {
    let repeated = "\(graph.described("encoder")) repeat_vector(\(graph.horizon)); "
    return
      (graph.hasFuture
      ? "all: \(repeated)steps: \(graph.known("all")); " : "steps: \(repeated)")
      + "decoder: {steps} \(decoder); y: {decoder steps} concatenate dense(64,relu) \(last)"
  }

  /// Those of the authors for ETTh1 (scripts of lss-1138/SegRNN).
  private static var segmentSettings: Settings {
    var settings = Settings(batchSize: 64, epochs: 30)
    settings.optimizer = "adam(0.0003)"
    settings.earlyStopping = "patience=5"
    settings.restoresBest = true
    return settings
  }

  /// SegRNN (Lin et al. 2023): the last value of each column is taken off, the columns are processed one by one, and
  /// added again.
  @Sendable private static func segmentDesign(_ sizes: Sizes) throws -> Design {
    guard sizes.targetsAreInputs, sizes.targets % sizes.features == 0 else {
      throw Failure.data(
        "the preset segrnn predicts the columns that it reads, but the targets are others", at: "column y",
        remedy: "omit --target in rnn-window, or give the targets as --columns too")
    }
    let horizon = sizes.targets / sizes.features
    let length = segmentLength(sizes.steps, horizon)
    return Design(
      layers: """
        last: {x} last_step; \
        change: {x last} subtract channel_segments(\(length)) dense(512,relu) \
        segment_gru(512,\(horizon / length)) dropout(0.1) dense(\(length)) join_channels; \
        y: {change last} add flatten
        """, loss: "mse", metrics: "mae")
  }

  /// The steps of a segment: as many as divide the window and the horizon, up to a day of hours.
  private static func segmentLength(_ steps: Int, _ horizon: Int) -> Int {
    (1...24).last { steps % $0 == 0 && horizon % $0 == 0 } ?? 1
  }
}
