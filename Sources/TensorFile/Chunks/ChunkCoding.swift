// Conversion between documents and chunks: which tensors of a document are columns, which are side tensors, and how
// the rows of several chunks become one document.

import Failures
import Tensor

/// The version of the format, in the metadata of the first document of every stream.
enum StreamFormat {
  static let key = "rnn.format"
  static let version = "1"
  /// Names with this prefix are those of side tensors, in rnnpipe's own documents; and keys of metadata.
  static let sidePrefix = "rnn."
  static let values = ".values"
  static let lengths = ".lengths"
}

// MARK: - Reading

extension EncodedDocument {
  /// Whether a tensor belongs to the whole stream. Only rnnpipe's documents reserve names: in another program's, `rnn` is
  /// a module like any other.
  private func isSide(_ name: String) -> Bool {
    name.hasPrefix(StreamFormat.sidePrefix) && !StreamHeader.isForeign(layout.metadata)
  }

  /// Whether the document holds tensors that are not rows: a model, or, where `takesNonRowTensors`, weights from
  /// another program, which don't agree in their first dimension.
  func hasNoRows(_ takesNonRowTensors: Bool) -> Bool {
    if layout.metadata[StreamHeader.kindKey] == StreamHeader.modelKind { return true }
    guard takesNonRowTensors, layout.metadata[StreamHeader.kindKey] == nil else { return false }
    let entries = layout.entries.filter { !isSide($0.key) }.values
    return Set(entries.map(\.rows)).count > 1 || entries.contains { $0.shape.isEmpty }
  }

  /// The stream's metadata and side tensors, from its first document.
  func header(hasNoRows: Bool) -> StreamHeader {
    var header = StreamHeader(kind: "", metadata: layout.metadata)
    header.metadata[StreamFormat.key] = nil
    header.metadata[StreamHeader.kindKey] = layout.metadata[StreamHeader.kindKey]
    let side = layout.entries.filter { hasNoRows || isSide($0.key) }
    header.side = side.mapValues(tensor)
    if header.kind == StreamHeader.modelKind { widen(&header) }
    return header
  }

  /// The document's columns, all with the same number of rows.
  /// - Throws: `Failure.data` naming the column that doesn't match.
  func chunk() throws(Failure) -> Chunk {
    let entries = layout.entries.filter { !isSide($0.key) }
    var columns: [String: Column] = [:]
    for (name, entry) in entries {
      if let base = StreamFormat.raggedName(name, in: entries) {
        if columns[base] == nil { columns[base] = try ragged(base, entries) }
      } else {
        columns[name] = try dense(name, entry)
      }
    }
    return try EncodedDocument.chunk(of: columns, atMost: bytes.count)
  }

  private func dense(_ name: String, _ entry: SafetensorsLayout.Entry) throws(Failure) -> Column {
    guard !entry.shape.isEmpty else {
      throw .data("is a single number, not a column of rows", at: "column '\(name)'")
    }
    return .dense(tensor(entry))
  }

  private func ragged(_ name: String, _ entries: [String: SafetensorsLayout.Entry]) throws(Failure) -> Column
  {
    guard let valuesEntry = entries[name + StreamFormat.values], !valuesEntry.shape.isEmpty,
      let lengthsEntry = entries[name + StreamFormat.lengths], lengthsEntry.shape.count == 1,
      let lengths = tensor(lengthsEntry).values(as: Int32.self)
    else { throw .data("has no values or no I32 lengths of its rows", at: "column '\(name)'") }
    // A sum of 32-bit lengths can't overflow 64 bits for any number of lengths that fits in memory.
    let total = lengths.reduce(0) { $0 + Int($1) }
    guard lengths.allSatisfy({ $0 >= 0 }), total == valuesEntry.rows else {
      throw .data(
        "has \(counted(valuesEntry.rows, "value")), but its lengths add up to \(total)",
        at: "column '\(name)'")
    }
    return .ragged(Ragged(values: tensor(valuesEntry), lengths: lengths))
  }

  private static func chunk(of columns: [String: Column], atMost limit: Int) throws(Failure) -> Chunk {
    let sorted = columns.sorted { $0.key < $1.key }
    guard let first = sorted.first else { return Chunk([:], rows: 0) }
    for (name, column) in sorted where column.rows != first.value.rows {
      throw .data(
        "has \(counted(column.rows, "row")), but '\(first.key)' has \(first.value.rows)",
        at: "column '\(name)'")
    }
    guard first.value.rows <= limit else {
      throw .data("declares more rows than bytes", at: "column '\(first.key)'")
    }
    return Chunk(columns, rows: first.value.rows)
  }
}

extension StreamFormat {
  /// The ragged column to which the tensor `name` belongs as values or lengths; nil if there is none.
  static func raggedName(_ name: String, in entries: [String: some Any]) -> String? {
    for (suffix, other) in [(values, lengths), (lengths, values)] where name.hasSuffix(suffix) {
      let base = String(name.dropLast(suffix.count))
      if !base.isEmpty, entries[base + other] != nil { return base }
    }
    return nil
  }
}

// MARK: - Writing

extension [RowPiece] {
  /// The tensors with these rows, concatenated.
  func tensors(of schema: [String: ColumnSchema]) -> [TensorParts] {
    schema.flatMap { name, column in
      column.isRagged ? ragged(name, column) : [dense(name, column)]
    }
  }

  private var rowCount: Int { reduce(0) { $0 + $1.rows.count } }

  private func dense(_ name: String, _ column: ColumnSchema) -> TensorParts {
    let width = column.rowShape.reduce(1, *)
    let parts = compactMap { piece in
      piece.chunk.columns[name]?.tensor.map {
        ElementsPart($0.elements, piece.rows.lowerBound * width..<piece.rows.upperBound * width)
      }
    }
    return TensorParts(
      name: name, type: StoredType(column.type), shape: [rowCount] + column.rowShape, parts: parts)
  }

  private func ragged(_ name: String, _ column: ColumnSchema) -> [TensorParts] {
    let width = column.rowShape.reduce(1, *)
    var values: [ElementsPart] = []
    var lengths: [ElementsPart] = []
    var total = 0
    for piece in self {
      guard let ragged = piece.chunk.columns[name]?.ragged, let range = piece.values[name] else { continue }
      values.append(ElementsPart(ragged.values.elements, range.lowerBound * width..<range.upperBound * width))
      lengths.append(ElementsPart(.i32(ragged.lengths), piece.rows))
      total += range.count
    }
    return [
      TensorParts(
        name: name + StreamFormat.values, type: StoredType(column.type), shape: [total] + column.rowShape,
        parts: values),
      TensorParts(name: name + StreamFormat.lengths, type: .i32, shape: [rowCount], parts: lengths),
    ]
  }
}
