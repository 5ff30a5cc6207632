// What the user is told of the calibration of anomalies.

import Anomalies
import Failures
import Inference
import Stage

/// Messages about a calibration.
struct CalibrationReport {
  private let run: StageRun
  private let rule: AnomalyThreshold

  init(_ run: StageRun, _ rule: AnomalyThreshold) { (self.run, self.rule) = (run, rule) }

  /// What was calibrated.
  func write(_ calibrator: AnomalyCalibrator, _ calibration: AnomalyCalibration) {
    let excluded = calibrator.excluded
    if excluded > 0 {
      run.note("\(counted(excluded, "step")) of the calibration data labeled as anomalies left out")
    }
    let all = calibration.series.values
    let (fewest, most) = (all.map(\.rows).min() ?? 0, all.map(\.rows).max() ?? 0)
    if calibration.isPerSeries {
      let limits = all.flatMap(\.thresholds).sorted()
      let ends = [limits.first, limits.last].map { NumberText.significant($0 ?? .nan, 4) }
      run.note(
        "calibrated \(all.count) series on \(fewest == most ? "" : "\(fewest) to ")\(counted(most, "step")) each: "
          + "thresholds from \(ends[0]) to \(ends[1]), \(rule)")
    } else {
      let thresholds = all.flatMap(\.thresholds).map { NumberText.significant($0, 4) }.joined(separator: ", ")
      run.note("calibrated on \(counted(calibration.rows, "step")): threshold \(thresholds), \(rule)")
    }
    if fewest < rule.fewestScores {
      run.warn(
        "\(rule) of \(counted(fewest, "step")) is hardly below their largest score: use at least "
          + "\(rule.fewestScores) steps\(calibration.isPerSeries ? " of each series" : "")")
    }
  }

  /// Names series that can't be calibrated.
  func write(_ leftOut: [AnomalyCalibrator.Problem]) {
    guard !leftOut.isEmpty else { return }
    let names = leftOut.prefix(3).map { "\($0.name) (\($0.reason.problem))" }.joined(separator: ", ")
    run.warn(
      "\(leftOut.count) series can't be calibrated and \(leftOut.count == 1 ? "is" : "are") not judged: "
        + names + (leftOut.count > 3 ? ", ..." : ""))
  }
}
