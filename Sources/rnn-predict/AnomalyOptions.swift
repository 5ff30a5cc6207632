// The options of rnn-predict for anomalies.

import Anomalies
import ArgumentParser

/// What counts as an anomaly.
struct AnomalyOptions: ParsableArguments {
  @Flag(
    help: """
      Find anomalies: compare each step of a series with its one-step forecast, or with its reconstruction, and judge \
      the residual.
      """)
  var anomalies = false

  @Option(
    help: ArgumentHelp(
      "Normal data to calibrate on: its validation part, or all of it (default: the input's validation part).",
      valueName: "file"), completion: .file())
  var calibrate: String?

  @Option(
    help: ArgumentHelp(
      """
      The score above which a step is an anomaly: quantile(0.99) of the calibration data's scores (default), or an \
      extreme-value tail fitted to them, tail(risk=0.001,initial=0.98).
      """, valueName: "rule"), completion: .list(AnomalyThreshold.names))
  var threshold: String?

  @Option(
    help: ArgumentHelp(
      "Write the model with its calibration, which then needs no data to calibrate on.", valueName: "file"),
    completion: .file())
  var saveCalibration: String?

  /// The option of these that is given without --anomalies.
  private var stray: String? {
    let given = [
      ("--calibrate", calibrate != nil), ("--threshold", threshold != nil),
      ("--save-calibration", saveCalibration != nil),
    ]
    return anomalies ? nil : given.first(where: \.1)?.0
  }

  /// Rejects options without --anomalies, and rules that can't be read.
  func validate() throws {
    if let stray { throw ValidationError("\(stray) needs --anomalies") }
  }

  /// The rule for the threshold; throws `Failure` (usage).
  var rule: AnomalyThreshold { get throws { try threshold.map(AnomalyThreshold.init(parsing:)) ?? .usual } }
}
