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
      Design(
        layers: "gru(128) dropout(0.1) dense(64,relu) \(forecast(sizes))", loss: "mse", metrics: "mae")
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

  /// The decoder begins with the encoder's state, which it also reads at each step.
  @Sendable private static func decoderDesign(_ sizes: Sizes) throws -> Design {
    guard let horizon = sizes.horizon, sizes.targets % horizon == 0 else {
      throw Failure.data(
        "the preset seq2seq-forecaster needs windows of a series", remedy: "create them with rnn-window")
    }
    let order = sizes.quantiles == 1 ? "" : " ascending(\(sizes.quantiles))"
    return Design(
      layers: """
        encoder: {x} gru(128,return_state); \
        decoder: {encoder} repeat_vector(\(horizon)) gru(128,return_sequences,initial_state={encoder.h}) \
        dropout(0.1) dense(\(sizes.targets / horizon * sizes.quantiles)) flatten\(order)
        """, loss: "mse", metrics: "mae")
  }

  /// DeepAR (Salinas et al. 2020) with the layers of its authors' experiments: at each step, the parameters of a
  /// distribution for each column.
  @Sendable private static func distributionDesign(_ sizes: Sizes) throws -> Design {
    Design(
      layers: """
        lstm(40,return_sequences) dropout(0.1) lstm(40,return_sequences) dropout(0.1) \
        dense(\(sizes.features * sizes.parameters))
        """, loss: "student_t")
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
