// What is known of normal residuals: center, scale and threshold of each target, of each series by itself if there are
// several. A model can keep it (`rnn.anomalies`), so that anomalies are found without held-out data at hand.

import Anomalies
import Failures
import JSON
import Sequences
import Tensor
import TensorFile

/// The calibration of the scores of one series.
public struct SeriesCalibration: Sendable, Equatable {
  /// The number of steps that it was calibrated on.
  public let rows: Int
  /// The threshold of each target, in scores.
  public let thresholds: [Double]
  let scales: [ResidualScale]

  /// The score of a target's residual.
  func score(_ residual: Double, target: Int) -> Double { scales[target].score(residual) }

  /// Whether a target's score is that of an anomaly.
  func isAnomaly(_ score: Double, target: Int) -> Bool { !(score <= thresholds[target]) }
}

/// The calibration of scores.
public struct AnomalyCalibration: Sendable, Equatable {
  /// The rule of the thresholds, as written on the command line.
  public let rule: String
  /// The calibration of each series by its name; of all together under the empty name, if rows have no names.
  public let series: [String: SeriesCalibration]
  /// What the series were scaled by, where each was scaled by itself; nil if that is not known, or all alike.
  public private(set) var scales: SeriesScales?

  init(rule: String, series: [String: SeriesCalibration], scales: SeriesScales? = nil) {
    (self.rule, self.series, self.scales) = (rule, series, scales)
  }

  /// The same for series that were scaled by `scales`.
  public func with(_ scales: SeriesScales) -> AnomalyCalibration {
    AnomalyCalibration(rule: rule, series: series, scales: scales.isEmpty ? nil : scales)
  }

  /// The number of steps that it was calibrated on.
  public var rows: Int { series.values.reduce(0) { $0 + $1.rows } }
  /// Whether each series is calibrated by itself.
  public var isPerSeries: Bool { series[""] == nil }

  /// The calibration of a series; nil if there is none.
  public func of(_ name: String) -> SeriesCalibration? { series[""] ?? series[name] }
}

// MARK: - In a model

extension AnomalyCalibration {
  private static let key = "rnn.anomalies"

  /// Reads the calibration in a model; nil if it has none.
  /// - Throws: `Failure` (data) if it is damaged.
  public init?(model: LoadedModel) throws {
    let header = model.file.header
    guard let object = try header.object(Self.key) else { return nil }
    let width = model.window?.targets.count ?? 0
    let names = object["series"]?.array?.compactMap(\.string) ?? [""]
    let counts = object["series_rows"]?.array?.compactMap(\.int) ?? [object["rows"]?.int ?? 0]
    func numbers(_ name: String) -> [Double]? {
      let values = header.side["\(Self.key).\(name)"]?.doubles ?? []
      return width > 0 && values.count == width * names.count ? values : nil
    }
    guard let rule = object["threshold"]?.string, counts.count == names.count, !names.isEmpty,
      let centers = numbers("center"), let scales = numbers("scale"), let thresholds = numbers("threshold"),
      scales.allSatisfy({ $0 > 0 && $0.isFinite }), centers.allSatisfy(\.isFinite)
    else { throw Failure.data("the description of its anomalies is damaged", at: model.path) }
    var series: [String: SeriesCalibration] = [:]
    for (number, name) in names.enumerated() {
      let range = number * width..<(number + 1) * width
      series[name] = SeriesCalibration(
        rows: counts[number], thresholds: Array(thresholds[range]),
        scales: range.map { ResidualScale(center: centers[$0], scale: scales[$0]) })
    }
    self.init(
      rule: rule, series: series,
      scales: SeriesScales(header: header, key: "\(Self.key).windows", series: names))
  }

  /// The header of the model with this calibration.
  public func header(of model: LoadedModel) -> StreamHeader {
    var header = model.file.header
    let names = series.keys.sorted()
    let all = names.compactMap { series[$0] }
    var object: [String: JSONValue] = ["threshold": .string(rule), "rows": .integer(Int64(rows))]
    if isPerSeries {
      object["series"] = .array(names.map { .string($0) })
      object["series_rows"] = .array(all.map { .integer(Int64($0.rows)) })
    }
    header.metadata[Self.key] = JSONValue.object(object).text
    header.side["\(Self.key).center"] = Tensor(all.flatMap { $0.scales.map(\.center) })
    header.side["\(Self.key).scale"] = Tensor(all.flatMap { $0.scales.map(\.scale) })
    header.side["\(Self.key).threshold"] = Tensor(all.flatMap(\.thresholds))
    scales?.write(into: &header, key: "\(Self.key).windows", series: names)
    return header
  }
}
