// Windows of the tokens of a document: the next token of each step is its target.

import Failures
import JSON
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// Cuts a document into windows.
struct TokenWindows {
  private let command: Window
  private let run: StageRun

  init(_ command: Window, _ run: StageRun) { (self.command, self.run) = (command, run) }

  /// Reads the tokens of `reader` and writes their windows.
  func cut(_ reader: TensorReader) throws {
    try refuseSeriesOptions()
    let form = try form(reader.header)
    guard let length = form.length, let stride = form.stride else { return }
    var header = reader.header
    form.write(into: &header)
    let out = try run.writer(command.output.path, header: header)
    var windower = TokenWindower(length: length, stride: stride)
    let shard = try shard(of: reader, length: length, stride: stride)
    while let chunk = try shard.map({ try $0.next() }) ?? reader.next() {
      try windower.push(chunk)
      while let windows = windower.next(atMost: windower.windowsPerChunk) { try out.write(windows) }
    }
    if let shard, shard.record.total > 0 {
      if out.rowsWritten == 0 { try out.write(windower.empty(isSplit: reader.schema["split"] != nil)) }
    } else {
      try check(windower, length: length)
      try run.requireWhole(reader)
    }
    try out.finish()
    report(windower, length: length, isSplit: reader.schema["split"] != nil)
  }

  /// The tokens of the windows of a shard; nil for all.
  private func shard(of reader: TensorReader, length: Int, stride: Int) throws -> ShardReader? {
    guard let shard = command.sharding.shard else { return nil }
    return try run.shard(of: reader) { rows in
      let windows = TokenWindower.count(rows: rows, length: length, stride: stride)
      let record = ShardRecord(shard, of: windows, .windows)
      let (first, count) = (record.range.lowerBound * stride, record.range.count)
      return (record, count == 0 ? 0..<0 : first..<first + (count - 1) * stride + length + 1)
    }
  }

  /// The windows that the options say, or those of the model.
  private func form(_ header: StreamHeader) throws -> DocumentForm {
    if try DocumentForm(header: header)?.length != nil {
      throw Failure.data("is cut into windows already", remedy: "give the stream of rnn-tokenize --document")
    }
    guard let path = command.like.path else {
      return try DocumentForm(length: command.length, stride: command.stride ?? command.length)
    }
    let like = try run.header(of: path)
    guard let own = try DocumentForm(header: like), let length = own.length else {
      throw Failure.data("has no windows of a document", at: path, remedy: "use --length")
    }
    try checkVocabulary(header, like, path)
    return try DocumentForm(length: length, stride: command.stride ?? own.stride)
  }

  private func checkVocabulary(_ header: StreamHeader, _ model: StreamHeader, _ path: String) throws {
    guard let own = try Vocabulary(header: header), let other = try Vocabulary(header: model),
      let difference = own.difference(from: other)
    else { return }
    throw Failure.data(
      "its vocabulary differs from the model's: \(difference)",
      remedy: "tokenize with rnn-tokenize --document --like \(path)")
  }

  /// Options that only a series of numbers has.
  private func refuseSeriesOptions() throws {
    try command.series.refuseForStream(named: command.name)
    let given = [
      ("--horizon", command.horizon != nil), ("--rate", command.rate != nil),
      ("--ahead", command.ahead != nil), ("--columns", !command.columns.isEmpty),
      ("--target", !command.target.isEmpty), ("--scale", command.scale != nil),
      ("--weight", command.weight != nil), ("--gaps", command.gapOption.gaps != nil),
      ("--fill", command.series.fill != nil),
    ]
    guard let option = given.first(where: \.1) else { return }
    throw Failure.usage(
      "\(command.name) has tokens, whose targets are the next ones", at: option.0, remedy: "omit the option")
  }

  private func check(_ windower: TokenWindower, length: Int) throws {
    guard windower.counts.reduce(0, +) == 0 else { return }
    guard windower.straddling == 0 else {
      throw Failure.data(
        "no windows are left: the targets of all \(windower.straddling) are in several parts",
        remedy: "use rnn-split --chronological, or a shorter --length")
    }
    throw Failure.data(
      "a window and its targets are \(counted(length + 1, "token")); the document has \(windower.rows)",
      remedy: "use a shorter --length")
  }

  private func report(_ windower: TokenWindower, length: Int, isSplit: Bool) {
    let counts = windower.counts
    let members = [
      "windows": counts.reduce(0, +), "train": counts[0], "validation": counts[1], "test": counts[2],
      "straddling": windower.straddling, "tokens": windower.rows,
    ]
    var text = "\(counted(counts.reduce(0, +), "window")) of \(counted(length, "token"))"
    if isSplit { text += ": \(counts[0]) training, \(counts[1]) validation, \(counts[2]) test" }
    if windower.straddling > 0 { text += "; \(windower.straddling) dropped (targets in several parts)" }
    run.result(.object(members.mapValues { .integer(Int64($0)) }), text, stream: .error)
  }
}
