// Sequences as chunks of a stream: `x` ragged F64 [steps, columns], the name as `id`, the label as `y`, which is
// provisional until all labels are known. Missing values are filled, sequence by sequence.

import Failures
import Tensor
import TensorFile

/// Reads a source of sequences chunk by chunk.
public final class SequenceChunks {
  private static let chunkValues = 1 << 18
  private var source: any NumberSequenceSource
  private let fill: Fill?
  private let name: String
  private let hasTexts: Bool
  private var table: LabelTable
  /// The number of missing values that were filled.
  public private(set) var filled = 0
  /// The number of sequences so far.
  public private(set) var rows = 0

  /// - Parameters:
  ///   - name: the source's name, for messages.
  ///   - fill: what replaces missing values; nil if they are errors.
  ///   - labels: what the labels can be.
  public init(_ source: any NumberSequenceSource, named name: String, fill: Fill?, labels: LabelChoice) {
    (self.source, self.name, self.fill) = (source, name, fill)
    table = LabelTable(labels, listsAreSeveral: false)
    hasTexts = source.form.hasTexts
  }

  /// The names of the columns.
  public var columns: [String] { source.columns }
  /// How the source is written.
  public var form: SequenceForm { source.form }
  /// What the user should know, after the last chunk.
  public var warnings: [String] { source.warnings }

  /// What the labels are. Without given classes, this is known after the last chunk.
  public func labels() throws(Failure) -> RowLabels {
    do { return try table.labels() } catch { throw error.placed(at: name) }
  }

  /// The next sequences, whose `y` is provisional (see `labels()`); nil after the last.
  /// - Throws: `Failure` (data) that states the line or the sequence.
  public func next() throws -> Chunk? {
    var values: [Double] = []
    var (lengths, ids) = ([Int32](), [Int32]())
    var (names, texts) = (TextCells(), TextCells())
    let width = columns.count
    while values.count < Self.chunkValues, let sequence = try source.next() {
      try values.append(contentsOf: complete(sequence, width))
      lengths.append(Int32(sequence.values.count / width))
      if hasTexts { texts.append(sequence.label) } else { ids += try id(of: sequence) }
      names.append(sequence.name)
      rows += 1
    }
    guard !lengths.isEmpty else { return nil }
    let x = Tensor(values, shape: [values.count / width, width])
    var columns = ["x": Column.ragged(Ragged(values: x, lengths: lengths))]
    if !ids.isEmpty { columns["y"] = .dense(Tensor(ids)) }
    columns["id"] = names.column
    columns["text"] = texts.column
    return Chunk(columns, rows: lengths.count)
  }

  private func id(of sequence: NumberSequence) throws -> [Int32] {
    do {
      return try table.ids(of: sequence.label.map { .name($0) }) ?? []
    } catch {
      throw Failure(error.kind, "\(sequence.place): \(error.problem)", at: name, remedy: error.remedy)
    }
  }

  /// The values without gaps.
  private func complete(_ sequence: NumberSequence, _ width: Int) throws -> [Double] {
    guard let missing = sequence.values.firstIndex(where: \.isNaN) else { return sequence.values }
    guard let fill, fill != .drop else { throw lacks(sequence, at: missing, width) }
    var filler = SeriesFill(fill, columns: width, hasTimes: false, hasParts: false, respectsParts: false)
    var rows = SeriesRows(width: width, hasTimes: false, hasParts: false)
    rows.values = sequence.values
    let values = filler.add(rows).values + filler.finish().values
    if let left = values.firstIndex(where: \.isNaN) { throw lacks(sequence, at: left, width) }
    filled += sequence.values.count { $0.isNaN }
    return values
  }

  private func lacks(_ sequence: NumberSequence, at index: Int, _ width: Int) -> Failure {
    let column = width == 1 ? "" : ", column \(columns[index % width])"
    return Failure.data(
      "\(sequence.place), step \(index / width + 1)\(column): the value is missing", at: name,
      remedy: fill == nil || fill == .drop
        ? "use --fill, for example --fill linear"
        : "the first value of a sequence can't be filled by \(fill?.text ?? ""): use a number, such as --fill 0"
    )
  }
}

/// The texts of some rows.
private struct TextCells {
  private var bytes: [UInt8] = []
  private var lengths: [Int32] = []

  mutating func append(_ text: String?) {
    guard let text else { return }
    bytes += Array(text.utf8)
    lengths.append(Int32(text.utf8.count))
  }

  /// The column; nil if no row has a text.
  var column: Column? { lengths.isEmpty ? nil : .ragged(Ragged(values: Tensor(bytes), lengths: lengths)) }
}
