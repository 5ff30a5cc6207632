// One run of rnn-predict --anomalies: calibrates on held-out windows, judges the others, and compares with labels.

import Anomalies
import ByteStreams
import Failures
import Inference
import JSON
import Sequences
import Stage
import TensorFile

/// The work behind `rnn-predict --anomalies`.
final class AnomalySession {
  private let command: Predict
  private let model: LoadedModel
  private let run: StageRun
  private let detector: AnomalyDetector
  private var scores: DetectionScores?
  private var anomalies = 0
  private var rows = 0
  private var lastTime: Int64?
  private var lastSeries: String?
  private var isOrdered = true
  /// The steps and anomalies of each series, if there are several.
  private var series: [String: (rows: Int, anomalies: Int)] = [:]
  /// The series that are not judged, since they have no calibration.
  private var unjudged: Set<String> = []

  init(_ command: Predict, _ model: LoadedModel, _ run: StageRun) throws {
    (self.command, self.model, self.run) = (command, model, run)
    detector = try AnomalyDetector(model, batchSize: command.batchSize, threads: command.threads.count)
    run.parameter("threshold", try command.anomaly.rule.description)
    let label = command.textFile.labelColumn
    if let label, detector.window.columns.contains(label) {
      throw Failure.usage(
        "the model reads the column \(label), which it must not know", at: "--label-column",
        remedy: "train it on windows of other columns: rnn-window --columns")
    }
    if command.evaluate, label == nil {
      throw Failure.usage(
        "without labels there is nothing to compare with", at: "--evaluate",
        remedy: "name the column that is 1 at anomalies: --label-column label")
    }
  }

  // MARK: Calibration

  /// The calibration: of the data of --calibrate, of the model, or of the input's validation part.
  /// - Parameter input: the input; nil if it can be read only once.
  func calibration(_ input: AnomalyInput?) throws -> AnomalyCalibration {
    if let path = command.anomaly.calibrate {
      let data = try self.input(path, label: nil)
      report(data)
      return try calibrate(on: data, named: inputName(path), selection: data.hasParts ? .validation : .all)
    }
    if let stored = try AnomalyCalibration(model: model) {
      guard command.anomaly.threshold == nil else {
        throw Failure.usage(
          "the model was calibrated with \(stored.rule)", at: "--threshold",
          remedy: "calibrate it again: --calibrate FILE")
      }
      return stored
    }
    guard let input, input.hasParts else { throw noCalibrationData(hasInput: input != nil) }
    return try calibrate(on: input, named: inputName(command.input), selection: .validation)
  }

  private func noCalibrationData(hasInput: Bool) -> Failure {
    .data(
      "there is no calibration data", at: hasInput ? inputName(command.input) : nil,
      remedy: "name normal data that the model was not trained on: --calibrate FILE"
        + (hasInput ? ", or split the series: rnn-split --chronological 0.6,0.2,0.2" : ""))
  }

  private func calibrate(
    on input: AnomalyInput, named name: String, selection: RowSelection
  ) throws -> AnomalyCalibration {
    let rule = try command.anomaly.rule
    var calibrator = AnomalyCalibrator(targets: detector.window.targets)
    var row = 0
    let summary = try input.forEach { chunk in
      let chunk = try chunk.rows(in: selection)
      guard chunk.rows > 0 else { return }
      calibrator.add(try detector.steps(chunk, firstRow: row), names: chunk.rowNames)
      row += chunk.rows
    }
    if row == 0, command.anomaly.calibrate == nil { throw noCalibrationData(hasInput: true) }
    do {
      let (calibration, leftOut) = try calibrator.calibration(rule)
      CalibrationReport(run, rule).write(calibrator, calibration)
      CalibrationReport(run, rule).write(leftOut)
      return calibration.with(summary.scales)
    } catch let failure as Failure where failure.kind == .data { throw failure.placed(at: name) }
  }

  // MARK: Input

  /// The windows in a file, which is read to its end.
  private func input(_ path: String?, label: String?) throws -> AnomalyInput {
    let name = inputName(path)
    var reading = AnomalyInput.Reading()
    (reading.label, reading.gaps) = (label, command.gapOption.gaps)
    (reading.fill, reading.short) = (command.series.fill, command.shortOption.short)
    var bytes = try run.source(path)
    if try run.isStream(&bytes) {
      return try AnomalyInput(
        stream: run.reader(bytes, named: name), named: name, model, detector.window, reading)
    }
    var options = try command.series.csvOptions(
      columns: nil, like: model.time, CSVForm(header: model.file.header))
    // --series describes the lines of a live stream; the file that it is calibrated on may have a single series.
    if command.stream { (options.sequences, options.possibleSeries) = (nil, command.series.series) }
    reading.fill = options.form.fill
    return try AnomalyInput(
      csv: command.text(bytes, named: name, for: model, run), named: name, model, detector.window, options,
      reading)
  }

  private func report(_ input: AnomalyInput) {
    for note in input.notes { run.note(note) }
    for warning in input.warnings { run.warn(warning) }
  }

  // MARK: Judging

  func judge() throws {
    let input = try input(command.input, label: command.textFile.labelColumn)
    report(input)
    let calibration = try calibration(input)
    try save(calibration)
    let writesRows = !command.evaluate || command.output != nil
    var sink = writesRows ? try makeSink(input) : nil
    let bar = run.progress("judging", total: nil)
    let summary = try input.forEach(scales: calibration.scales) { chunk in
      let asked = try chunk.rows(in: command.split)
      let chunk = try detector.judged(asked, calibration)
      if chunk.rows < asked.rows { unjudged.formUnion(asked.rowNames.filter { calibration.of($0) == nil }) }
      guard chunk.rows > 0 else { return }
      let steps = try detector.steps(chunk, firstRow: rows)
      let results = detector.results(steps, chunk, calibration)
      count(results, steps)
      try sink?.write(results)
      rows += chunk.rows
      bar.advance(to: rows)
    }
    bar.finish()
    for warning in summary.warnings { run.warn(warning) }
    warnOfUnjudged()
    guard rows > 0 else {
      throw Failure.data(
        unjudged.isEmpty ? "there are no windows to judge" : "no series that is judged has a calibration",
        at: inputName(command.input),
        remedy: unjudged.isEmpty ? "choose another --split" : "calibrate on data of the same series")
    }
    try sink?.finish()
    report(calibration)
  }

  private func warnOfUnjudged() {
    guard !unjudged.isEmpty else { return }
    let names = unjudged.sorted().prefix(5).joined(separator: ", ")
    run.warn(
      "\(unjudged.count) series \(unjudged.count == 1 ? "has" : "have") no calibration and "
        + "\(unjudged.count == 1 ? "is" : "are") not judged: \(names)\(unjudged.count > 5 ? ", ..." : "")")
  }

  /// Writes the model with its calibration where --save-calibration says.
  func save(_ calibration: AnomalyCalibration) throws {
    guard let path = command.anomaly.saveCalibration else { return }
    try run.writer(path, header: calibration.header(of: model)).finish()
  }

  private func makeSink(_ input: AnomalyInput) throws -> any PredictionSink {
    if let format = command.textFormat {
      return AnomalySink(
        file: try run.file(command.output), text: PredictionText(format, classes: nil),
        targets: detector.window.targets, time: try TimeColumn(header: input.header) ?? model.time)
    }
    let header = try detector.header(for: input.header)
    return StreamSink(output: try run.writer(command.output, header: header, threads: command.threads.count))
  }

  /// Adds a chunk's results to the counts. A step is an anomaly if any target's score is one.
  private func count(_ results: Chunk, _ steps: JudgedSteps) {
    let found = results.columns["anomaly"]?.tensor?.values(as: UInt8.self) ?? []
    let width = detector.window.targets.count
    let names = results.rowNames
    for row in 0..<steps.rows {
      if !names.isEmpty, names[row] != lastSeries {
        (lastSeries, lastTime) = (names[row], nil)
        scores?.interrupt()
      }
      let isAnomaly = found[row * width..<(row + 1) * width].contains(1)
      if isAnomaly { anomalies += 1 }
      if !names.isEmpty {
        let known = series[names[row]] ?? (0, 0)
        series[names[row]] = (known.rows + 1, known.anomalies + (isAnomaly ? 1 : 0))
      }
      if let time = steps.times?[row] {
        if let lastTime, time <= lastTime { isOrdered = false }
        lastTime = time
      }
      guard let label = steps.labels?[row] else { continue }
      var scores = scores ?? DetectionScores()
      scores.add(isDetected: isAnomaly, isLabeled: label)
      self.scores = scores
    }
  }

  // MARK: Report

  private func report(_ calibration: AnomalyCalibration) {
    var members: [String: JSONValue] = [
      "rows": .integer(Int64(rows)), "anomalies": .integer(Int64(anomalies)),
      "calibration_rows": .integer(Int64(calibration.rows)),
    ]
    if let all = calibration.series[""] { members.merge(thresholds(all)) { $1 } }
    if !series.isEmpty { members["series"] = seriesMembers(calibration) }
    if !unjudged.isEmpty { members["not_judged"] = .array(unjudged.sorted().map { .string($0) }) }
    if let scores {
      members["labeled"] = .integer(Int64(scores.labeled))
      for (name, value) in values(of: scores) {
        run.metric(name, step: 0, value)
        members[name] = .number(value)
      }
      if scores.labeled == 0 { run.warn("no judged step is labeled as an anomaly: recall is 0") }
    }
    let json = JSONValue.object(members)
    let text = "\(counted(anomalies, "anomaly", "anomalies")) in \(counted(rows, "step"))"
    run.result(
      json, command.evaluate ? json.text : text,
      stream: command.evaluate && command.output != "-" ? .output : .error)
  }

  private func thresholds(_ calibration: SeriesCalibration) -> [String: JSONValue] {
    let targets = detector.window.targets
    return zip(targets, calibration.thresholds).reduce(into: [:]) {
      $0[targets.count == 1 ? "threshold" : "threshold.\($1.0)"] = .number($1.1)
    }
  }

  /// The counts of each series, and how it was calibrated.
  private func seriesMembers(_ calibration: AnomalyCalibration) -> JSONValue {
    .object(
      series.reduce(into: [:]) { all, one in
        var members: [String: JSONValue] = [
          "rows": .integer(Int64(one.value.rows)), "anomalies": .integer(Int64(one.value.anomalies)),
        ]
        if calibration.isPerSeries, let own = calibration.of(one.key) {
          members["calibration_rows"] = .integer(Int64(own.rows))
          members.merge(thresholds(own)) { $1 }
        }
        all[one.key] = .object(members)
      })
  }

  /// The measures, without those of ranges if the steps are not in the order of time.
  private func values(of scores: DetectionScores) -> [(name: String, value: Double)] {
    if isOrdered { return scores.values }
    run.warn("the windows are not in the order of time: there are no measures of ranges")
    return scores.values.filter { ["precision", "recall", "f1"].contains($0.name) }
  }
}
