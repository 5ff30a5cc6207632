// Writing texts as a stream, as lines or as CSV.

import ByteStreams
import Datasets
import Failures
import Sequences
import Stage
import Tensor
import TensorFile

/// Writes rows of text in any of the formats.
private final class TextRowWriter {
  private enum Target {
    case stream(OutputStream)
    case plain(OutputFile, isCSV: Bool)
  }

  private let target: Target
  private let classes: ClassNames?
  private var cut: ShardCut?
  private(set) var rows = 0

  /// - Parameter range: the numbers of the rows to write, from 0, of all that will be given; nil for all.
  init(
    _ writing: Writing, classes: ClassNames?, hasLabels: Bool, hasSplit: Bool, _ range: Range<Int>? = nil
  ) throws {
    self.classes = classes
    cut = range.map(ShardCut.init)
    if writing.format == .stream {
      var header = StreamHeader(kind: "text")
      classes?.write(into: &header)
      target = .stream(try writing.run.writer(writing.output, header: header))
      return
    }
    let file = try writing.run.file(writing.output)
    target = .plain(file, isCSV: writing.format == .csv)
    if writing.format == .csv {
      try file.write((hasLabels ? "label," : "") + "text" + (hasSplit ? ",split" : "") + "\n")
    }
  }

  func write(_ chunk: Chunk) throws {
    guard let chunk = cut == nil ? chunk : cut?.cut(chunk) else { return }
    rows += chunk.rows
    switch target {
    case .stream(let stream): try stream.write(chunk)
    case .plain(let file, let isCSV): try write(chunk, to: file, isCSV)
    }
  }

  func finish() throws {
    switch target {
    case .stream(let stream): try stream.finish()
    case .plain(let file, _): try file.finish()
    }
  }

  private func write(_ chunk: Chunk, to file: OutputFile, _ isCSV: Bool) throws {
    guard let texts = chunk.columns["text"]?.ragged, let bytes = texts.values.values(as: UInt8.self) else {
      return
    }
    let labels = chunk.columns["y"]?.tensor?.integers
    let parts = chunk.columns["split"]?.tensor?.integers
    var start = 0
    for row in 0..<chunk.rows {
      let end = start + Int(texts.lengths[row])
      let label = labels.map { name(of: $0[row]) }
      try file.write(
        isCSV
          ? csv(label, bytes[start..<end], parts?[row])
          : TextLine.line(label: label, text: bytes[start..<end]))
      start = end
    }
  }

  private func name(of label: Int) -> String { classes?.name(label) ?? String(label) }

  private func csv(_ label: String?, _ text: ArraySlice<UInt8>, _ part: Int?) -> [UInt8] {
    let fields = [label, String(decoding: text, as: UTF8.self), part.map { partNames[$0] }]
    return Array((fields.compactMap { $0.map(csvField) }.joined(separator: ",") + "\n").utf8)
  }
}

// MARK: - Reviews

extension Writing {
  /// Texts in folders. All of them are in memory, because they are sorted.
  func writeReviews(_ classes: [String]?) throws {
    let bar = run.progress("reading \(request.name)", total: nil)
    let folders = try ReviewFolders(
      archive: file.path, part: request.part, classes: classes, progress: { bar.advance(to: $0) })
    bar.finish()
    let range = range(of: folders.reviews.count)
    let out = try TextRowWriter(
      self, classes: ClassNames(folders.classes), hasLabels: true, hasSplit: request.part == nil, range)
    for start in stride(from: 0, to: folders.reviews.count, by: 1000) {
      try out.write(chunk(folders.reviews[start..<min(start + 1000, folders.reviews.count)]))
    }
    try out.finish()
    let written = range.map { folders.reviews[$0] } ?? folders.reviews[...]
    let counts = folders.classes.indices.map { id in written.count { $0.label == id } }
    report(rows: out.rows, Array(zip(folders.classes, counts)))
  }

  private func chunk(_ reviews: ArraySlice<Review>) -> Chunk {
    let texts = Ragged(
      values: Tensor(reviews.flatMap(\.text)), lengths: reviews.map { Int32($0.text.count) })
    var columns: [String: Column] = [
      "text": .ragged(texts), "y": .dense(Tensor(reviews.map { Int32($0.label) })),
    ]
    if request.part == nil { columns["split"] = .dense(Tensor(reviews.map(\.part))) }
    return Chunk(columns, rows: reviews.count)
  }
}

// MARK: - Running text

extension Writing {
  /// One row per line.
  func writeText(_ content: Content, _ textFormat: TextFormat) throws {
    var reading = TextOptions()
    reading.format = textFormat
    var reader = try TextReader(PeekedSource(content.open()), named: content.name, reading)
    guard var chunk = try reader.next() else {
      throw Failure.data("no input: it contains no text", at: content.name)
    }
    let hasLabels = chunk.columns["y"] != nil
    var classes: ClassNames?
    var range: Range<Int>?
    if hasLabels || shard != nil {
      // The names precede the rows, so all labels must be read first; a shard is one of all rows.
      while try reader.next() != nil {}
      let labels = try reader.labels()
      classes = labels.classes
      range = self.range(of: reader.rows)
      reader = try TextReader(
        PeekedSource(content.open()), named: content.name, reading,
        labels: classes.map(LabelChoice.classes) ?? .numbers)
      chunk = try reader.next() ?? chunk
    }
    let out = try TextRowWriter(self, classes: classes, hasLabels: hasLabels, hasSplit: false, range)
    let labels = try reader.labels()
    try labels.apply(to: chunk) { try out.write($0) }
    while let next = try reader.next() { try labels.apply(to: next) { try out.write($0) } }
    try out.finish()
    report(rows: out.rows)
  }

  /// One row per file.
  func writeDocuments(_ content: Content) throws {
    let out = try TextRowWriter(self, classes: nil, hasLabels: false, hasSplit: false)
    let none = Ragged(values: Tensor([UInt8]()), lengths: [])
    if shard != nil { try out.write(Chunk(["text": .ragged(none)], rows: 0)) }
    try content.documents(range(of: content.documentCount)) { text in
      let column = Ragged(values: Tensor(text), lengths: [Int32(text.count)])
      try out.write(Chunk(["text": .ragged(column)], rows: 1))
    }
    try out.finish()
    report(rows: out.rows)
  }
}
