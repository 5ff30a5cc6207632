// Whole sequences for a classifier: rnn-window without a length. They are read from a long CSV file, the UCR/UEA archive
// or a stream, and scaled.

import Failures
import JSON
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// Reads and scales whole sequences, one a row.
struct SequencePreparation {
  private let command: Window
  private let run: StageRun
  private let name: String
  /// How a model's sequences were read and scaled, with `--like`.
  private let model: SequenceModel?

  init(_ command: Window, like model: SequenceModel?, named name: String, _ run: StageRun) {
    (self.command, self.model, self.name, self.run) = (command, model, name, run)
  }

  // MARK: Input

  /// Sequences in a file.
  func write(_ source: any NumberSequenceSource, encoding: String?) throws {
    let labels = model?.classes.map(LabelChoice.classes) ?? .found
    let chunks = SequenceChunks(source, named: name, fill: command.series.fill ?? model?.fill, labels: labels)
    try checkColumns(chunks.columns)
    let spool = ChunkSpool()
    var fit = ScalerFit(columns: chunks.columns, for: command.scale ?? .none)
    while let chunk = try chunks.next() {
      try fit.add(sequences: chunk)
      try spool.append(chunk)
    }
    guard spool.rows > 0 else { throw Failure.data("there are no sequences") }
    if chunks.filled > 0 { run.note("filled \(counted(chunks.filled, "missing value"))") }
    for warning in chunks.warnings { run.warn(warning) }
    let known = try chunks.labels()
    var header = StreamHeader(kind: "sequences")
    try command.series.form(like: model?.csv).write(into: &header)
    SourceForm(encoding: encoding).write(into: &header)
    known.classes?.write(into: &header)
    let scaling = try scaling(fit, basis: .all)
    if scaling.scaler.kind != .none, model == nil {
      run.warn(
        "the sequences are not split: the scaling was fitted on all \(counted(spool.rows, "sequence"))")
    }
    try write(chunks.form, scaling, header, classes: known.classes?.names, rows: spool.rows) { body in
      try spool.drain { try body(known.apply(to: $0)) }
    }
  }

  /// Sequences in a stream, which may be split.
  func write(_ reader: TensorReader, _ form: SequenceForm) throws {
    if let scaler = try Scaler(header: reader.header), scaler.kind != .none || form.ownScale != nil {
      throw Failure.data(
        "the sequences are already scaled", remedy: "start from the sequences as they were read")
    }
    try checkColumns(form.columns)
    let stream = try RereadableStream(reader)
    if command.sharding.shard != nil { try stream.refuseShard() }
    run.keepsRows(of: reader)
    var fit = ScalerFit(columns: form.columns, for: command.scale ?? .none)
    try stream.chunks { try fit.add(sequences: $0) }
    let isSplit = stream.schema["split"] != nil
    let scaling = try scaling(fit, basis: isSplit ? .train : .all)
    if scaling.scaler.kind != .none, model == nil, !isSplit {
      run.warn(
        "the sequences are not split: the scaling was fitted on all \(counted(stream.rows, "sequence"))")
    }
    let classes = try ClassNames(header: stream.header)?.names
    try write(form, scaling, stream.header, classes: classes, rows: stream.rows) { try stream.chunks($0) }
  }

  private func checkColumns(_ columns: [String]) throws {
    guard let model, columns != model.form.columns else { return }
    guard columns.count != model.form.columns.count else { return }
    throw Failure.data(
      "a step has \(counted(columns.count, "value")), but the model reads \(counted(model.form.columns.count, "value"))",
      remedy: "give the columns that the model was trained on: \(model.form.columns.joined(separator: ", "))")
  }

  private func scaling(_ fit: ScalerFit, basis: Scaler.Basis) throws -> SequenceScaling {
    if let model { return model.scaling }
    let kind = command.scale ?? .none
    guard command.scaleWithin else { return SequenceScaling(try fit.scaler(kind, basis: basis)) }
    return SequenceScaling(try fit.scaler(.none, basis: basis), ownScale: kind)
  }

  // MARK: Output

  private func write(
    _ form: SequenceForm, _ scaling: SequenceScaling, _ header: StreamHeader, classes: [String]?, rows: Int,
    _ forEach: ((Chunk) throws -> Void) throws -> Void
  ) throws {
    var (form, header) = (form, header)
    form.ownScale = scaling.ownScale
    form.write(into: &header)
    scaling.scaler.write(into: &header)
    let out = try run.writer(command.output.path, header: header)
    var counts = SequenceCounts()
    var cut = command.sharding.shard.map {
      let record = ShardRecord($0, of: rows, .rows)
      run.takes(record)
      return ShardCut(record.range)
    }
    try forEach { chunk in
      guard let chunk = cut == nil ? chunk : cut?.cut(chunk) else { return }
      counts.add(chunk)
      try out.write(scaling.applied(to: chunk))
    }
    try out.finish()
    run.result(counts.json(form, classes), counts.text(form, classes), stream: .error)
  }
}

/// How many sequences there are, and how long they are.
private struct SequenceCounts {
  private var rows = 0
  private var shortest = Int32.max
  private var longest: Int32 = 0

  mutating func add(_ chunk: Chunk) {
    guard let lengths = chunk.columns["x"]?.ragged?.lengths else { return }
    rows += lengths.count
    shortest = min(shortest, lengths.min() ?? shortest)
    longest = max(longest, lengths.max() ?? 0)
  }

  func json(_ form: SequenceForm, _ classes: [String]?) -> JSONValue {
    var object: [String: JSONValue] = [
      "sequences": .integer(Int64(rows)), "shortest": .integer(Int64(min(shortest, longest))),
      "longest": .integer(Int64(longest)), "inputs": .array(form.columns.map { .string($0) }),
    ]
    object["classes"] = classes.map { .array($0.map { .string($0) }) }
    return .object(object)
  }

  func text(_ form: SequenceForm, _ classes: [String]?) -> String {
    let steps = shortest >= longest ? counted(Int(longest), "step") : "\(shortest) to \(longest) steps"
    let names = form.columns.prefix(8).map { printable(ColumnList.quoted($0)) }.joined(separator: ", ")
    let inputs =
      (form.columns.count == 1 ? "; input " : "; inputs ") + names
      + (form.columns.count > 8 ? ", ... (\(form.columns.count) columns)" : "")
    let known = classes.map {
      "; classes " + $0.prefix(8).map { printable(ColumnList.quoted($0)) }.joined(separator: ", ")
        + ($0.count > 8 ? ", ..." : "")
    }
    return "\(counted(rows, "sequence")) of \(steps)\(inputs)\(known ?? "; no labels")"
  }
}
