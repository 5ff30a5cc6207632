// Predictions from a stream: at one step ahead over many samples, or one forecast's whole path.

import Charts
import Failures
import Sequences
import Tensor
import TensorFile

extension PlotInput {
  /// The chart of a stream of predictions.
  func forecast() throws -> Chart {
    let reader = try run.reader(path)
    let form = try ForecastForm(reader, named: name)
    return try selection.row.map { try forecastPath(reader, form, row: $0) } ?? forecastSamples(reader, form)
  }

  private func forecastSamples(_ reader: TensorReader, _ form: ForecastForm) throws -> Chart {
    let step = selection.step ?? 1
    guard step <= form.horizon else {
      throw Failure.usage("there is no step \(step), the horizon is \(form.horizon)", at: "--step")
    }
    let limit = selection.samples ?? (form.hasTimes ? 500 : 100)
    var samples = ForecastSamples(form: form, step: step - 1, limit: limit == 0 ? .max : limit)
    while let chunk = try reader.next() { samples.append(chunk) }
    guard samples.rows > 0 else { throw Failure.data("there are no predictions", at: name) }
    let curves = try samples.curves(targets: form.indices(of: selection.column))
    let note = [stepNote(step, form), samplesNote(samples)].compactMap { $0 }.joined(separator: ", ")
    return .forecast(curves, hasTimes: form.hasTimes, note: note, language: language)
  }

  private func forecastPath(_ reader: TensorReader, _ form: ForecastForm, row: Int) throws -> Chart {
    var found: Chunk?
    var first = 0
    while let chunk = try reader.next() {
      if row >= first, row < first + chunk.rows { found = chunk.row(row - first) }
      first += chunk.rows
    }
    guard let found else {
      throw Failure.usage("there is no row \(row), the stream has \(first)", at: "--row")
    }
    let curves = try form.path(found, targets: form.indices(of: selection.column))
    let note = language == .zh ? "第 \(row) 行" : "row \(row)"
    var chart = Chart.forecast(curves, hasTimes: form.hasTimes, note: note, language: language)
    if !form.hasTimes {
      for index in chart.panels.indices { chart.panels[index].x.label = language == .zh ? "步" : "step ahead" }
    }
    return chart
  }

  private func stepNote(_ step: Int, _ form: ForecastForm) -> String? {
    guard form.horizon > 1 else { return nil }
    return language == .zh ? "第 \(step) 步（共 \(form.horizon) 步）" : "step \(step) of \(form.horizon)"
  }

  private func samplesNote(_ samples: ForecastSamples) -> String? {
    guard samples.rows > samples.kept else { return nil }
    return language == .zh ? "前 \(samples.kept) 个样本" : "first \(samples.kept) of \(samples.rows) samples"
  }
}

/// How predictions are laid out in the stream.
struct ForecastForm {
  /// Steps ahead.
  let horizon: Int
  /// The names of the targets; one empty name where nothing is known.
  let targets: [String]
  /// Whether each target has its time.
  let hasTimes: Bool
  /// Whether the true values are there.
  let hasTruth: Bool

  init(_ reader: TensorReader, named name: String) throws {
    guard let prediction = reader.schema["prediction"], !prediction.isRagged else {
      throw Failure.data(
        "there is no column prediction", at: name, remedy: "plot what rnn-predict writes")
    }
    let width = prediction.rowShape.reduce(1, *)
    let facts = try WindowFacts(header: reader.header)
    let times = reader.schema["time"].map { $0.rowShape.reduce(1, *) }
    let steps = facts?.horizon ?? times ?? width
    guard steps > 0, width > 0, width % steps == 0 else {
      throw Failure.data("\(width) predictions a row are no multiple of the horizon, \(steps)", at: name)
    }
    horizon = steps
    targets = ForecastForm.names(facts?.targets, count: width / steps)
    hasTimes = times == steps
    hasTruth = try ForecastForm.checkTruth(reader, width: width, named: name)
  }

  private static func checkTruth(_ reader: TensorReader, width: Int, named name: String) throws -> Bool {
    guard let truth = reader.schema["y"] else { return false }
    guard !truth.isRagged, truth.rowShape.reduce(1, *) == width else {
      throw Failure.data(
        "y has another width than prediction, \(width)", at: name,
        remedy: "classes are drawn by rnn-plot confusion")
    }
    return true
  }

  private static func names(_ known: [String]?, count: Int) -> [String] {
    if let known, known.count == count { return known }
    return count == 1 ? [""] : (0..<count).map { "target \($0)" }
  }

  /// Where the named targets stand; up to six of them where none is named.
  func indices(of names: [String]) throws -> [Int] {
    if names.isEmpty { return Array(targets.indices.prefix(6)) }
    return try names.map { name in
      guard let index = targets.firstIndex(of: name) else {
        throw Failure.usage(
          "there is no target \(name)", at: "--column",
          remedy: "there are: \(targets.joined(separator: ", "))")
      }
      return index
    }
  }

  /// One row's forecast, step by step.
  func path(_ row: Chunk, targets chosen: [Int]) -> [ForecastCurve] {
    let prediction = row.columns["prediction"]?.tensor?.doubles ?? []
    let truth = row.columns["y"]?.tensor?.doubles ?? []
    let times = row.columns["time"]?.tensor?.doubles ?? []
    return chosen.map { target in
      let places = (0..<horizon).map { $0 * targets.count + target }
      return ForecastCurve(
        target: targets[target], x: hasTimes ? times : (1...horizon).map(Double.init),
        truth: hasTruth ? places.map { truth[$0] } : [], prediction: places.map { prediction[$0] })
    }
  }
}

/// The first samples of a stream of predictions at one step ahead.
struct ForecastSamples {
  let form: ForecastForm
  let step: Int
  let limit: Int
  /// How many rows the stream had.
  private(set) var rows = 0
  private var times: [Double] = []
  private var truth: [Double] = []
  private var prediction: [Double] = []

  init(form: ForecastForm, step: Int, limit: Int) {
    (self.form, self.step, self.limit) = (form, step, limit)
  }

  /// How many rows are shown.
  var kept: Int { min(rows, limit) }

  mutating func append(_ chunk: Chunk) {
    let count = max(0, min(chunk.rows, limit - rows))
    rows += chunk.rows
    guard count > 0 else { return }
    let width = form.targets.count
    prediction += cells(chunk.columns["prediction"]?.tensor, rows: count, width: width)
    if form.hasTruth { truth += cells(chunk.columns["y"]?.tensor, rows: count, width: width) }
    if form.hasTimes { times += cells(chunk.columns["time"]?.tensor, rows: count, width: 1) }
  }

  /// The step's `width` cells of each of the first `rows` rows.
  private func cells(_ tensor: Tensor?, rows: Int, width: Int) -> [Double] {
    guard let tensor else { return [] }
    let values = tensor.slice(0..<rows).doubles
    return (0..<rows).flatMap { row in
      let start = (row * form.horizon + step) * width
      return values[start..<start + width]
    }
  }

  /// One curve for each chosen target; with times in their order, whatever the rows' order.
  func curves(targets chosen: [Int]) -> [ForecastCurve] {
    let order = form.hasTimes ? (0..<kept).sorted { times[$0] < times[$1] } : Array(0..<kept)
    let x = form.hasTimes ? order.map { times[$0] } : order.map(Double.init)
    return chosen.map { target in
      let places = order.map { $0 * form.targets.count + target }
      return ForecastCurve(
        target: form.targets[target], x: x, truth: form.hasTruth ? places.map { truth[$0] } : [],
        prediction: places.map { prediction[$0] })
    }
  }
}

extension Chunk {
  /// Row `index` alone, dense columns only.
  func row(_ index: Int) -> Chunk {
    Chunk(columns.compactMapValues(\.tensor).mapValues { $0.slice(index..<index + 1) })
  }
}
