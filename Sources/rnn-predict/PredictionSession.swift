// One call of rnn-predict: chunks go through the network, and out as predictions, measures, or both.

import Failures
import Glibc
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
  private let rows: InputRows
  private let run: StageRun
  private var engine: PredictionEngine?
  private var evaluation: Evaluation?
  private let metrics: [Metric]
  private var sink: (any PredictionSink)?

  init(_ command: Predict, _ model: LoadedModel, _ rows: InputRows, _ run: StageRun) throws {
    self.command = command
    self.model = model
    self.rows = rows
    self.run = run
    run.parameter("split", command.split?.rawValue ?? "default")
    metrics = try command.metrics.map(Metric.parse(list:)) ?? model.file.metrics.map(Metric.init(parsing:))
    if command.evaluates {
      let loss = try Loss(parsing: model.file.loss)
      evaluation = try Evaluation(
        model, metrics, countsClasses: command.confusion, ignoredClass: loss.ignoredClass)
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
    let engine =
      try self.engine
      ?? PredictionEngine(model, like: chunk, command, metrics: evaluation == nil ? nil : metrics)
    self.engine = engine
    let result = try engine.run(chunk, firstRow: firstRow)
    var columns = chunk.columns.filter { ["time", "split", "text"].contains($0.key) }
    let prediction = Tensor(try model.unscaled(result), shape: [chunk.rows] + engine.outputShape)
    columns["prediction"] = .dense(prediction)
    if let y = chunk.columns["y"]?.tensor {
      let units = model.scaler == nil ? y : Tensor(try model.unscaled(y.floats), shape: y.shape)
      columns["y"] = .dense(units)
      try evaluation?.add(
        prediction: prediction, truth: units, chunk, outputs: engine.outputWidth, mask: engine.outputMask)
    }
    try sink?.write(Chunk(columns, rows: chunk.rows))
  }

  private func writeGradients() throws {
    guard let gradients = engine?.gradients else { return }
    let file = try run.file(command.output)
    try file.write(gradients.csv)
    try file.finish()
  }

  private func report() throws {
    guard let evaluation, let engine else { return }
    let values = evaluation.values(engine.values)
    for (name, value) in values { run.metric(name, step: 0, value) }
    var members = Dictionary(uniqueKeysWithValues: values.map { ($0.0, JSONValue.number($0.1)) })
    for (name, count) in evaluation.confusion?.members ?? [] {
      run.metric(name, step: 0, Double(count))
      members[name] = .integer(Int64(count))
    }
    let json = JSONValue.object(members)
    if let confusion = evaluation.confusion, !run.wantsJSON { confusion.table.forEach(run.note) }
    run.result(json, json.text, stream: command.output == "-" ? .error : .output)
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
