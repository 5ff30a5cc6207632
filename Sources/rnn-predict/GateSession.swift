// One run of rnn-predict --gates: the gates of a recurrent layer at each step of the rows, as a stream or as lines of text.

import Failures
import Inference
import JSON
import Sequences
import Stage
import TensorFile

/// The work behind `rnn-predict --gates`.
final class GateSession {
  /// The rows whose gates are in memory at a time.
  private static let rowsAtOnce = 32

  private let command: Predict
  private let model: LoadedModel
  private let rows: PreparedInput
  private let run: StageRun
  private var reader: GateReader?
  private var sink: Sink?

  private enum Sink {
    case stream(OutputStream)
    case text(OutputFile, PredictionText, gates: [String])
  }

  init(_ command: Predict, _ model: LoadedModel, _ rows: PreparedInput, _ run: StageRun) {
    (self.command, self.model, self.rows, self.run) = (command, model, rows, run)
    if let note = rows.note { run.note(note) }
  }

  /// Writes the gates of all rows.
  func write() throws {
    var (count, read) = (0, 0)
    let bar = run.progress("reading gates", total: nil)
    try rows.forEach { chunk in
      read += chunk.rows
      let chunk = try chunk.rows(in: command.split)
      for start in stride(from: 0, to: chunk.rows, by: Self.rowsAtOnce) {
        let piece = chunk.slice(start..<min(start + Self.rowsAtOnce, chunk.rows))
        try write(reader(for: piece).read(piece, firstRow: count), firstRow: count)
        count += piece.rows
        bar.advance(to: count)
      }
    }
    bar.finish()
    for warning in rows.finalWarnings { run.warn(warning) }
    guard count > 0 else {
      throw Failure.data("there are no rows", remedy: read == 0 ? nil : "use --split all")
    }
    try finish()
    run.result(["rows": .integer(Int64(count))], "", stream: .error)
  }

  private func reader(for chunk: Chunk) throws -> GateReader {
    if let reader { return reader }
    let made = try GateReader(
      model, layer: command.gates ?? "", like: chunk, threads: command.threads.count)
    reader = made
    sink = try makeSink(made.header(for: rows.header))
    return made
  }

  private func makeSink(_ header: StreamHeader) throws -> Sink {
    guard let format = command.textFormat else {
      return .stream(try run.writer(command.output, header: header, threads: command.threads.count))
    }
    let names = try GateColumns(header: header)?.names ?? []
    return .text(try run.file(command.output), PredictionText(format, classes: nil), gates: names)
  }

  private func write(_ gates: Chunk, firstRow: Int) throws {
    switch sink {
    case .stream(let stream): try stream.write(gates)
    case .text(let file, var text, let names):
      let table = GateTable(gates, gates: names, firstRow: firstRow)
      try text.forEachLine(of: table) { try file.write($0) }
      sink = .text(file, text, gates: names)
    case nil: break
    }
  }

  private func finish() throws {
    switch sink {
    case .stream(let stream): try stream.finish()
    case .text(let file, _, _): try file.finish()
    case nil: break
    }
  }
}
