// Prediction step by step: a line of the input is a step of a sequence that never need end. The state is
// carried from line to line, and each line's prediction is written at once.

import ByteStreams
import Failures
import JSON
import Networks
import Sequences
import Stage
import Tensor
import TensorFile
import Training

/// One call of `rnn-predict --stream`.
final class StepPrediction {
  private let model: LoadedModel
  private let run: StageRun
  private let network: Network
  private let runner: BatchRunner
  private let sink: TextSink
  private var reader: StepReader
  private var steps = 0
  private var time = Duration.zero

  init(_ command: Predict, _ model: LoadedModel, _ run: StageRun) throws {
    guard model.relative == nil else {
      throw Failure.usage(
        "the model takes windows relative to their last value, which a stream doesn't have",
        remedy: "leave --stream out")
    }
    self.model = model
    self.run = run
    network = try model.file.streamingNetwork()
    runner = try BatchRunner(
      network, loss: Loss(parsing: model.file.loss), metrics: [], targetWidth: 0, threads: 1)
    runner.prepare(Pass(isTraining: false))
    reader = StepReader(model, vocabularySize: network.vocabulary ?? 0)
    sink = try TextSink(try run.file(command.output), command.format ?? .tsv, classes: model.classes)
  }

  /// Predicts for all lines of `source`.
  func predict(_ source: any ByteSource, named name: String) throws {
    var lines = StepLines(source, named: name)
    while let line = try lines.next() {
      do {
        try take(line)
      } catch let failure as Failure where failure.kind == .data {
        throw failure.placed(at: "\(name): line \(lines.number)")
      }
    }
    try sink.finish()
    report()
  }

  /// An empty line begins a new sequence.
  private func take(_ line: [UInt8]) throws {
    guard line.contains(where: { $0 != UInt8(ascii: " ") }) else {
      network.resetState()
      return reader.beginSequence()
    }
    let clock = ContinuousClock()
    let begin = clock.now
    guard let output = try walk(reader.read(line)) else { return }
    let prediction = Tensor(try model.unscaled(output), shape: [1, output.count])
    try sink.write(Chunk(["prediction": .dense(prediction)], rows: 1))
    try sink.flush()
    time += clock.now - begin
  }

  /// Walks over a line's steps; the output after the last of them.
  private func walk(_ input: DataSet.Input) throws -> [Float]? {
    let data = DataSet(rows: count(of: input), input: input, targets: [], targetWidth: 0)
    var tally = runner.emptyTally
    let order = Array(0..<data.rows)
    for step in order {
      runner.run(data, order, step..<step + 1, Pass(isTraining: false), into: &tally)
    }
    steps += data.rows
    return data.rows > 0 ? network.outputArray() : nil
  }

  private func count(of input: DataSet.Input) -> Int {
    switch (input, model.file.architecture.input) {
    case (.tokens(let ids), _): ids.count
    case (.features(let values), .features(_, let width)): values.count / width
    case (.features(let values), .tokens): values.count
    }
  }

  private func report() {
    let each = steps == 0 ? 0 : time / .microseconds(1) / Double(steps)
    run.metric("steps", step: 0, Double(steps))
    run.metric("microseconds_per_step", step: 0, each)
    let json = JSONValue.object([
      "steps": .integer(Int64(steps)), "microseconds_per_step": .number((each * 10).rounded() / 10),
    ])
    run.result(json, "\(steps) steps, \((each * 10).rounded() / 10) microseconds each", stream: .error)
  }
}
