// The presets for windows of series, besides the LSTM forecaster.

import Failures

extension Preset {
  /// Forecasters of all steps and targets at once.
  static let forecasters = [
    Preset(
      "segrnn", about: "a GRU over segments of each column, decoded at once, for long windows of a series",
      segmentSettings, preparation: "rnn-window --length 96 --horizon 96 --scale standard FILE",
      design: segmentDesign)
  ]

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
