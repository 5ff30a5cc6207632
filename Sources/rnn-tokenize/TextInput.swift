// The text input, as a stream or as a text file. Rows are passed on as they are read if the vocabulary and what the labels
// mean are known before. Otherwise they are stored: unchanged, or as the first pass has processed them.

import ByteStreams
import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// An input with rows of text.
struct TextInput {
  private enum Rows {
    /// Calls a function with each chunk as it is read.
    case read(((Chunk) throws -> Void) throws -> Void)
    case stored(ChunkSpool)
  }

  /// The name of the input in messages.
  let name: String
  /// The stream's header; of a text file, what is remembered of its form.
  let header: StreamHeader
  /// The class names in the input.
  let classes: ClassNames?
  /// The number of rows, if known.
  var rows: Int? { if case .stored(let spool) = source { cut == nil ? spool.rows : nil } else { nil } }
  private let source: Rows
  /// The labels of a text file, or in words; nil if the rows have their final `y`.
  private let labels: RowLabels?
  /// The rows to return of those that are stored; nil for all.
  private var cut: ShardCut?
  /// The number of the first row in the input.
  private(set) var firstRow = 0

  /// Reads the beginning of the input; if it is read twice, or what its labels mean is known only at its end, also
  /// reads it to its end, which is verified.
  /// - Parameters:
  ///   - threads: the maximum number of threads.
  ///   - first: processes a chunk in the first pass; its results are read in the second pass.
  init(
    _ opened: OpenedInput, _ given: GivenVocabulary, _ run: StageRun, isReadTwice: Bool, threads: Int = 1,
    _ first: (Chunk) throws -> [Chunk]
  ) throws {
    switch opened {
    case .file(let source, let name):
      try self.init(file: source, named: name, given, run, isReadTwice: isReadTwice, first)
    case .stream(let reader, let name):
      if given.reading.format != nil {
        throw Failure.usage("--format is for text files, but this is a stream", at: name)
      }
      try given.encoding.refuseForStream(named: name)
      let text = try StreamText(reader.schema, reader.header, given.reading, labels: given.labels)
      if let text { run.note("reading \(name): \(text.note)") }
      try self.init(stream: reader, named: name, text, isReadTwice: isReadTwice, threads: threads, first)
    }
  }

  /// Reads a text file.
  private init(
    file source: PeekedSource, named name: String, _ given: GivenVocabulary, _ run: StageRun,
    isReadTwice: Bool, _ first: (Chunk) throws -> [Chunk]
  ) throws {
    let text = try run.text(
      source, named: name, encoding: given.encoding, acceptsZeros: given.reading.acceptsBytes)
    let reader = try TextReader(text, named: name, given.reading, labels: given.labels)
    let beginning = try reader.next()
    let isPassedOn = !isReadTwice && reader.hasFinalLabels
    let spool = isPassedOn ? nil : try Self.spool(beginning, reader.next, first)
    if let note = reader.note { run.note(note) }
    if let warning = reader.warning, !isPassedOn { run.warn(warning) }
    let labels = try reader.labels()
    if labels.areNumbers { run.note("the labels are numbers, not classes: y is F32") }
    var header = StreamHeader(kind: "text")
    reader.form(encoding: given.encoding.name).write(into: &header)
    (self.name, self.header, classes) = (name, header, labels.classes)
    if let spool {
      (self.source, self.labels) = (.stored(spool), labels)
      return
    }
    self.labels = nil
    self.source = .read { body in
      try Self.pass(beginning, reader.next) { try reader.labels().apply(to: $0, body) }
      // How many rows are not UTF-8 is known only now.
      if let warning = reader.warning { run.warn(warning) }
    }
  }

  /// Reads a stream.
  private init(
    stream reader: TensorReader, named name: String, _ text: StreamText?, isReadTwice: Bool, threads: Int,
    _ first: (Chunk) throws -> [Chunk]
  ) throws {
    self.name = name
    header = try text?.convert(reader.header) ?? reader.header
    guard isReadTwice || text != nil else {
      (source, labels) = (.read { try Self.pass(nil, reader.next, $0) }, nil)
      classes = try ClassNames(header: reader.header)
      return
    }
    let chunks = ReadAhead(reader, threads: threads)
    let next = { try chunks.next().map { try text?.convert($0) ?? $0 } }
    do {
      let beginning = try next()
      if !isReadTwice, let text, text.hasFinalLabels {
        (source, labels) = (
          .read { body in
            try Self.pass(beginning, next) { try text.labels().apply(to: $0, body) }
          }, nil
        )
        classes = try text.labels().classes ?? ClassNames(header: reader.header)
        return
      }
      source = .stored(try Self.spool(beginning, next, first))
      labels = try text?.labels()
    } catch let failure as Failure { throw failure.placed(at: name) }
    classes = try labels?.classes ?? ClassNames(header: reader.header)
  }

  /// Reads a shard: of a plain file of lines, and of a stream in a file, nothing else, unless what labels mean depends on
  /// all rows, and the whole of any other input.
  init(shard: Shard, of opened: OpenedInput, _ given: GivenVocabulary, _ run: StageRun) throws {
    switch opened {
    case .file(var source, let name):
      if let lines = try ShardedText(&source, named: name, shard, given, run) {
        self.init(lines, named: name, given, run)
        return
      }
      try self.init(file: source, named: name, given, run, isReadTwice: true) { [$0] }
    case .stream(let reader, let name):
      let text = try StreamText(reader.schema, reader.header, given.reading, labels: given.labels)
      if text?.hasLabels != true {
        try self.init(sharded: try run.shard(shard, of: reader), named: name, text, run)
        return
      }
      try self.init(opened, given, run, isReadTwice: true) { [$0] }
      try reader.refuseShard()
    }
    if case .stored(let spool) = source {
      let record = ShardRecord(shard, of: spool.rows, .rows)
      try placing { try record.requireRows() }
      run.takes(record)
      (cut, firstRow) = (ShardCut(record.range), record.range.lowerBound)
    }
  }

  /// The lines of a shard.
  private init(_ lines: ShardedText, named name: String, _ given: GivenVocabulary, _ run: StageRun) {
    var header = StreamHeader(kind: "text")
    lines.reader.form(encoding: given.encoding.name).write(into: &header)
    (self.name, self.header, classes, labels) = (name, header, lines.labels.classes, nil)
    run.takes(lines.record)
    source = .read { body in
      try Self.pass(lines.beginning, lines.reader.next) { try lines.reader.labels().apply(to: $0, body) }
      if let warning = lines.reader.warning { run.warn(warning) }
    }
  }

  /// The rows of a shard of a stream without labels in words.
  private init(sharded: ShardReader, named name: String, _ text: StreamText?, _ run: StageRun) throws {
    if let text { run.note("reading \(name): \(text.note)") }
    (self.name, labels) = (name, nil)
    try sharded.record.requireRows()
    firstRow = sharded.record.range.lowerBound
    header = try text?.convert(sharded.header) ?? sharded.header
    classes = try ClassNames(header: sharded.header)
    source = .read { try Self.pass(nil, { try sharded.next().map { try text?.convert($0) ?? $0 } }, $0) }
  }

  /// Stores all rows as the first pass has processed them.
  private static func spool(
    _ beginning: Chunk?, _ next: () throws -> Chunk?, _ first: (Chunk) throws -> [Chunk]
  ) throws -> ChunkSpool {
    let spool = ChunkSpool()
    try pass(beginning, next) { try first($0).forEach(spool.append) }
    return spool
  }

  /// Calls `body` with the beginning, if any, and then with all other chunks.
  private static func pass(
    _ beginning: Chunk?, _ next: () throws -> Chunk?, _ body: (Chunk) throws -> Void
  ) throws {
    if let beginning { try body(beginning) }
    while let chunk = try next() { try body(chunk) }
  }

  /// Calls `body` with all rows in order, in chunks. Can be called once only.
  func forEach(_ body: (Chunk) throws -> Void) throws {
    switch source {
    case .read(let forEach): try forEach(body)
    case .stored(let spool):
      var cut = cut
      try spool.drain { chunk in
        guard let chunk = cut == nil ? chunk : cut?.cut(chunk) else { return }
        if let labels { try labels.apply(to: chunk, body) } else { try body(chunk) }
      }
    }
  }

  /// Runs `body`, and adds the name of this input to failures without a name.
  func placing(_ body: () throws -> Void) throws {
    do { try body() } catch let failure as Failure { throw failure.placed(at: name) }
  }
}
