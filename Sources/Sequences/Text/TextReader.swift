// Reads text files as chunks of a text stream: the column `text`, and `y` if rows are labeled.

import ByteStreams
import Failures
import Tensor
import TensorFile

/// Reads a text file row by row. Either all rows have labels, or none.
public final class TextReader {
  private static let chunkBytes = 1 << 22
  /// The format, given or recognized.
  public let format: TextFormat
  /// The number of rows read so far.
  public private(set) var rows = 0
  /// The rows whose text is not UTF-8: how many, and the line of the first.
  public private(set) var invalidText: (rows: Int, firstLine: Int, advice: String)?
  private let name: String
  private let acceptsBytes: Bool
  /// Whether the format was given rather than recognized.
  private let isGiven: Bool
  private let labelSeparator: String?
  private let numberInFile: @Sendable (Int) -> Int
  /// What the user specified about the first line of a table.
  private let hasHeader: Bool?
  private var records: any TextRecords
  private var table: LabelTable

  /// - Parameters:
  ///   - name: the name of the source in messages.
  ///   - labels: the allowed labels.
  /// - Throws: `Failure` if the format can't be recognized, or if its columns are missing or ambiguous.
  public init(
    _ source: PeekedSource, named name: String, _ options: TextOptions = TextOptions(),
    labels: LabelChoice = .found
  ) throws {
    var source = source
    do {
      let sample = try options.format == nil ? source.peek(TextRecognition.sampleBytes) : []
      format = try options.format ?? TextRecognition(sample, path: name).format()
      try Self.check(options, format)
      records = try Self.records(source, named: name, format, options)
    } catch let failure as Failure { throw failure.placed(at: name) }
    (self.name, isGiven) = (name, options.format != nil)
    (acceptsBytes, labelSeparator) = (options.acceptsBytes, options.labelSeparator)
    numberInFile = options.numberInFile
    hasHeader = [.csv, .tsv].contains(format) ? options.tableHeader.given : nil
    table = LabelTable(labels, listsAreSeveral: format != .fasttext)
  }

  private static func records(
    _ source: PeekedSource, named name: String, _ format: TextFormat, _ options: TextOptions
  ) throws -> any TextRecords {
    switch format {
    case .lines, .fasttext:
      return LineRecords(source, named: name, isFastText: format == .fasttext, options)
    case .conllu, .conll:
      throw Failure.data(
        "is \(format.name), words with tags rather than texts with labels",
        remedy: "rnn-tokenize reads it, and rnn-predict with a model of tags")
    case .jsonl: return JSONRecords(source, named: name, options)
    case .csv, .tsv: return try TableRecords(source, named: name, isTSV: format == .tsv, options)
    case .pairs:
      throw Failure.usage(
        "pairs are for models that translate", at: "--format pairs", remedy: "here, give lines of text")
    }
  }

  private static func check(_ options: TextOptions, _ format: TextFormat) throws(Failure) {
    guard options.namesColumns, format == .lines || format == .fasttext else { return }
    throw Failure.usage(
      "\(format.name) have no columns", at: options.textColumns != nil ? "--text-column" : "--label-column",
      remedy: "name the format: --format csv, tsv or jsonl")
  }

  /// Describes which columns were chosen, for the user: `reading x.csv as CSV: text from column review`; nil for lines.
  public var note: String? {
    if format == .lines || isGiven && records.description == nil { return nil }
    return "reading \(name) as \(format.name)" + (records.description.map { ": \($0)" } ?? "")
  }

  /// The settings with which later files of this kind are read.
  /// - Parameter encoding: the name of the encoding, if it was not recognized.
  public func form(encoding: String?) -> SourceForm {
    var form = SourceForm(
      encoding: encoding, textColumns: records.columns?.text, labelColumn: records.columns?.label)
    form.labelSeparator = labelSeparator
    form.hasHeader = hasHeader
    return form
  }

  /// Whether the labels of the rows read so far are final: they are those of a model, or rows have none.
  public var hasFinalLabels: Bool { table.isSettled }

  /// Whether what labels mean can't depend on later rows, once the first row was read: also if it was given which classes
  /// there are in which order.
  public var hasIndependentLabels: Bool { hasFinalLabels || format != .fasttext && table.isOrdered }

  /// What the labels are. Unless they are final, this is known after the last row.
  public func labels() throws(Failure) -> RowLabels {
    do { return try table.labels() } catch { throw error.placed(at: name) }
  }

  /// The next rows, whose `y` is provisional (see `labels()`); nil after the last.
  /// - Throws: `Failure`, stating the line.
  public func next() throws -> Chunk? {
    var text: [UInt8] = []
    var lengths: [Int32] = []
    var lines: [Int] = []
    var labels = ChunkLabels(hasLists: table.allowsSeveral)
    while text.count + lengths.count * 8 < Self.chunkBytes, let record = try nextRecord(&labels) {
      text.append(contentsOf: record.text)
      lengths.append(Int32(record.text.count))
      lines.append(records.line)
    }
    guard !lengths.isEmpty else { return nil }
    rows += lengths.count
    if !acceptsBytes { checkText(text, lengths, lines) }
    var columns = ["text": Column.ragged(Ragged(values: Tensor(text), lengths: lengths))]
    columns["y"] = labels.column
    return Chunk(columns, rows: lengths.count)
  }

  private func nextRecord(_ labels: inout ChunkLabels) throws -> TextRecord? {
    do {
      guard let record = try records.next() else { return nil }
      if case .name(let name) = record.label {
        labels.append(try table.id(ofOnly: name))
      } else {
        labels.append(try table.ids(of: record.label), isList: record.isList)
      }
      return record
    } catch let error as Failure where error.place == nil {
      throw Failure(
        error.kind, "line \(numberInFile(records.line)): \(error.problem)", at: name, remedy: error.remedy)
    }
  }

  /// Counts the rows that are not UTF-8.
  private func checkText(_ text: [UInt8], _ lengths: [Int32], _ lines: [Int]) {
    if isASCII(text) { return }
    var start = 0
    for (length, line) in zip(lengths, lines) {
      let row = text[start..<start + Int(length)]
      start += Int(length)
      guard row.contains(where: { $0 >= 0x80 }), String(validating: row, as: UTF8.self) == nil else {
        continue
      }
      let known = invalidText ?? (0, line, encodingAdvice(for: row))
      invalidText = (known.rows + 1, known.firstLine, known.advice)
    }
  }

  private func isASCII(_ text: [UInt8]) -> Bool {
    var bits: UInt8 = 0
    for byte in text { bits |= byte }
    return bits < 0x80
  }

  /// A warning about rows that are not UTF-8; nil if all are.
  public var warning: String? {
    guard let invalidText else { return nil }
    let count = invalidText.rows
    return
      "\(name): \(count) row\(count == 1 ? " is" : "s are") not UTF-8, the first in line \(numberInFile(invalidText.firstLine)); "
      + "such bytes become U+FFFD, so that different words may become the same (\(invalidText.advice))"
  }
}

/// The provisional labels of a chunk's rows.
private struct ChunkLabels {
  private var ids: [Int32] = []
  private var lengths: [Int32] = []
  private var hasLists: Bool

  init(hasLists: Bool) { self.hasLists = hasLists }

  mutating func append(_ row: [Int32]?, isList: Bool) {
    guard let row else { return }
    hasLists = hasLists || isList
    ids += row
    lengths.append(Int32(row.count))
  }

  mutating func append(_ id: Int32) {
    ids.append(id)
    lengths.append(1)
  }

  var column: Column? {
    if lengths.isEmpty { return nil }
    return hasLists ? .ragged(Ragged(values: Tensor(ids), lengths: lengths)) : .dense(Tensor(ids))
  }
}

extension TextRecord {
  fileprivate var isList: Bool { if case .several = label { true } else { false } }
}
