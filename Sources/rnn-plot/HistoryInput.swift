// Training histories, from a CSV file of rnn-train or from the registry.

import ByteStreams
import Charts
import Failures
import Glibc
import Registry
import Spelling
import Stage
import TensorFile

extension PlotInput {
  /// The chart of a history from a CSV file, standard input or a run.
  func history(registry: String?) throws -> Chart {
    if let path = namedRun {
      let record = try Registry(registryLocation(registry))
      let details = try record.run(path)
      return .history(try curves(of: details, in: record), title: details.label, language: language)
    }
    var source = try run.source(path)
    guard try !run.isStream(&source) else {
      throw Failure.data(
        "this is a tensor stream, not a history", at: name, remedy: "plot the CSV file of rnn-train --history"
      )
    }
    let text = try run.text(source, named: name, encoding: encoding)
    return .history(try HistoryTable(text, named: name).curves, language: language)
  }

  /// The input, if it is the name of a run and not that of a file.
  var namedRun: String? {
    guard let path, path != "-", access(path, F_OK) != 0, !path.contains("/"), !path.hasSuffix(".csv") else {
      return nil
    }
    return path
  }

  /// The chart of one metric for several runs.
  func metrics(of runs: [String], registry: String?) throws -> Chart {
    let record = try Registry(registryLocation(registry))
    let metric = selection.metric ?? "val_loss"
    let labeled = try runs.map { text in
      let details = try record.run(text)
      guard let curve = try curves(of: details, in: record).first(where: { $0.name == metric }) else {
        throw Failure.data(
          "the run has no metric \(metric)", at: text, remedy: try metricNames(details, record, metric))
      }
      return (label: details.label, curve: curve)
    }
    return .comparison(of: metric, runs: labeled, language: language)
  }

  private func metricNames(_ details: Run, _ registry: Registry, _ metric: String) throws -> String {
    let names = try curves(of: details, in: registry).map(\.name)
    return names.isEmpty
      ? "name training runs" : suggestion(for: metric, among: names, listedAs: "choose one with --metric:")
  }

  /// Every metric of a run with its values by step.
  private func curves(of details: Run, in registry: Registry) throws -> [HistoryCurve] {
    let curves = Self.curves(try registry.metrics(of: details.id))
    guard !curves.isEmpty || selection.metric != nil else {
      throw Failure.data("the run has no metrics", at: details.shortID, remedy: "name a training run")
    }
    return curves
  }

  /// Metrics, sorted by name and step, as curves.
  static func curves(_ points: [MetricPoint]) -> [HistoryCurve] {
    points.reduce(into: []) { curves, point in
      if curves.last?.name != point.name {
        curves.append(HistoryCurve(name: point.name, epochs: [], values: []))
      }
      curves[curves.count - 1].epochs.append(Double(point.step))
      curves[curves.count - 1].values.append(point.value)
    }
  }
}

extension Run {
  /// The run's name, if it has one, and its short id.
  fileprivate var label: String { [name, shortID].compactMap { $0 }.joined(separator: " ") }
}

/// A training history: one line per epoch, numbered by the column `epoch` if there is one.
struct HistoryTable {
  /// One curve per column.
  let curves: [HistoryCurve]

  init(_ source: PeekedSource, named name: String) throws {
    let table = try NumberTable(source, named: name, rows: "epoch")
    let epochs = table.header.firstIndex(of: "epoch")
    let positions = epochs.map { table.columns[$0] } ?? (1...table.columns[0].count).map(Double.init)
    if let row = positions.firstIndex(where: { !$0.isFinite }) {
      throw Failure.data("row \(row + 1) has the epoch \(positions[row]), which is no number", at: name)
    }
    curves = table.header.indices.filter { $0 != epochs }.map {
      HistoryCurve(name: table.header[$0], epochs: positions, values: table.columns[$0])
    }
    guard !curves.isEmpty else { throw Failure.data("the history has no column except epoch", at: name) }
  }
}
