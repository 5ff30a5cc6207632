// One call of rnn-predict: chunks go through the network, and out as predictions, measures, or both.

import Failures
import Inference
import JSON
import Networks
import Sequences
import Stage
import Tensor
import TensorFile
import Training

/// The work behind `rnn-predict`.
final class PredictionSession {
  private let command: Predict
  private let model: LoadedModel
  private let rows: PreparedInput
  private let run: StageRun
  private var predictor: Predictor?
  private var evaluation: Evaluation?
  private var sink: (any PredictionSink)?

  init(_ command: Predict, _ model: LoadedModel, _ rows: PreparedInput, _ run: StageRun) throws {
    self.command = command
    self.model = model
    self.rows = rows
    self.run = run
    run.parameter("split", command.split?.rawValue ?? "default")
    if command.evaluates {
      evaluation = try Evaluation(model, metrics: command.metrics, countsClasses: command.confusion)
    }
    let writesRows = !command.gradients && (!command.evaluates || command.output != nil)
    if writesRows { sink = try makeSink() }
  }

  private func makeSink() throws -> any PredictionSink {
    if let format = command.format {
      return try TextSink(try run.file(command.output), format, classes: model.classes)
    }
    var header = StreamHeader(kind: "predictions", metadata: rows.header.metadata, side: rows.header.side)
    header.kind = "predictions"
    for (key, value) in model.file.header.metadata where Self.handedOn.contains(key) {
      header.metadata[key] = value
    }
    for (name, tensor) in model.file.header.side where name.hasPrefix("rnn.classes") {
      header.side[name] = tensor
    }
    // Predictions are in the units of the data: no scaling applies to them.
    header.metadata["rnn.scale"] = nil
    header.side = header.side.filter { !$0.key.hasPrefix("rnn.scale") && !$0.key.hasPrefix("rnn.vocabulary") }
    header.metadata["rnn.vocabulary"] = nil
    return StreamSink(try run.writer(command.output, header: header, threads: command.threads.count))
  }

  /// Facts of the model that readers of predictions want.
  private static let handedOn: Set<String> = ["rnn.window", "rnn.time", "rnn.classes"]

  func predict() throws {
    var count = 0
    let bar = run.progress("predicting", total: nil)
    try rows.forEach { chunk in
      let chunk = try selected(chunk)
      guard chunk.rows > 0 else { return }
      try predict(chunk, firstRow: count)
      count += chunk.rows
      bar.advance(to: count)
    }
    bar.finish()
    guard count > 0 else {
      throw Failure.data(
        "no row to predict for",
        remedy: "does the part have rows? --split \(Predict.Part.all.rawValue) takes all")
    }
    try sink?.finish()
    try writeGradients()
    try report()
  }

  private func selected(_ chunk: Chunk) throws -> Chunk {
    guard let split = chunk.columns["split"]?.tensor?.values(as: UInt8.self) else {
      guard command.split == nil || command.split == .all else {
        throw Failure.data("there is no column split", remedy: "leave --split out")
      }
      return chunk
    }
    let part: UInt8
    switch command.split ?? .test {
    case .all: return chunk
    case .train: part = 0
    case .validation: part = 1
    case .test: part = 2
    }
    return chunk.gather(split.indices.filter { split[$0] == part })
  }

  private func predict(_ chunk: Chunk, firstRow: Int) throws {
    let predictor = try predictor(for: chunk)
    let prediction = try predictor.predict(chunk, firstRow: firstRow)
    var columns = chunk.columns.filter { ["time", "split", "text"].contains($0.key) }
    for output in prediction.outputs {
      columns[output.column] = .dense(output.values)
      let target = output.name.map { "y.\($0)" } ?? "y"
      guard let y = chunk.columns[target]?.tensor else { continue }
      let units = model.scaler == nil ? y : Tensor(try model.unscaled(y.floats), shape: y.shape)
      columns[target] = .dense(units)
      try evaluation?.add(output, targets: units, chunk)
    }
    try sink?.write(Chunk(columns, rows: chunk.rows))
  }

  private func predictor(for chunk: Chunk) throws -> Predictor {
    if let predictor { return predictor }
    let options = PredictorOptions(
      batchSize: command.batchSize, threads: command.threads.count, evaluates: command.evaluates,
      metrics: command.metrics, takesStateGradients: command.gradients)
    let made = try Predictor(model, like: chunk, options)
    for note in made.notes { run.note(note) }
    predictor = made
    return made
  }

  private func writeGradients() throws {
    guard let gradients = predictor?.stateGradients else { return }
    let file = try run.file(command.output)
    try file.write(gradients.csv)
    try file.finish()
  }

  private func report() throws {
    guard let evaluation, let predictor else { return }
    let values = evaluation.values(predictor.values)
    for (name, value) in values { run.metric(name, step: 0, value) }
    var members = Dictionary(uniqueKeysWithValues: values.map { ($0.0, JSONValue.number($0.1)) })
    for (name, count) in evaluation.confusion?.members ?? [] {
      run.metric(name, step: 0, Double(count))
      members[name] = .integer(Int64(count))
    }
    let json = JSONValue.object(members)
    if let confusion = evaluation.confusion, !run.wantsJSON { tell(confusion) }
    run.result(json, json.text, stream: command.output == "-" ? .error : .output)
  }

  /// Columns of one width each: the first to the left, the others to the right.
  private func tell(_ confusion: Confusion) {
    let rows = confusion.table { NumberText.fixed($0, 4) }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      let cells = zip(row, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + padding : padding + cell.0
      }
      run.note(cells.joined(separator: "  "))
    }
  }
}

extension Chunk {
  /// The rows at `indices`.
  fileprivate func gather(_ indices: [Int]) -> Chunk {
    Chunk(columns.mapValues { $0.gather(indices) }, rows: indices.count)
  }
}

extension Column {
  fileprivate func gather(_ indices: [Int]) -> Column {
    switch self {
    case .dense(let tensor): return .dense(tensor.gather(indices))
    case .ragged(let ragged):
      let offsets = ragged.offsets
      let places = indices.flatMap { offsets[$0]..<offsets[$0 + 1] }
      return .ragged(
        Ragged(values: ragged.values.gather(places), lengths: indices.map { ragged.lengths[$0] }))
    }
  }
}
