// What a stream carries: chunks of rows in named columns, and a header that belongs to the whole stream.

import Tensor

/// Rows of different lengths: all their values one after another, and the length of each row.
public struct Ragged: Sendable, Equatable {
  /// The values of all rows, `[total, ...]`.
  public let values: Tensor
  /// How many of the values' first dimension each row has, `[rows]`.
  public let lengths: [Int32]

  /// Traps where the lengths don't add up to the values' rows: a programmer's error.
  public init(values: Tensor, lengths: [Int32]) {
    precondition(lengths.reduce(0) { $0 + Int($1) } == values.rows, "ragged lengths and values disagree")
    self.values = values
    self.lengths = lengths
  }

  /// Where each row begins in the values, and one more: where the last one ends.
  public var offsets: [Int] {
    var offsets = [0]
    offsets.reserveCapacity(lengths.count + 1)
    for length in lengths { offsets.append(offsets[offsets.count - 1] + Int(length)) }
    return offsets
  }
}

/// One column of a chunk.
public enum Column: Sendable, Equatable {
  /// A tensor `[rows, ...]`.
  case dense(Tensor)
  /// Rows of different lengths.
  case ragged(Ragged)

  /// How many rows the column has.
  public var rows: Int {
    switch self {
    case .dense(let tensor): tensor.rows
    case .ragged(let ragged): ragged.lengths.count
    }
  }

  /// The tensor of a dense column, nil for a ragged one.
  public var tensor: Tensor? { if case .dense(let tensor) = self { tensor } else { nil } }
  /// The rows of a ragged column, nil for a dense one.
  public var ragged: Ragged? { if case .ragged(let ragged) = self { ragged } else { nil } }

  /// The element type and the shape of a row's value (of one element, where ragged).
  public var schema: ColumnSchema {
    switch self {
    case .dense(let tensor): ColumnSchema(type: tensor.type, rowShape: tensor.rowShape, isRagged: false)
    case .ragged(let ragged):
      ColumnSchema(type: ragged.values.type, rowShape: ragged.values.rowShape, isRagged: true)
    }
  }
}

/// The form of a column, the same in every chunk of a stream.
public struct ColumnSchema: Sendable, Equatable {
  /// The element type.
  public let type: ElementType
  /// The shape of one row; of one element of a row, where ragged.
  public let rowShape: [Int]
  /// Whether rows have lengths of their own.
  public let isRagged: Bool

  /// A column's form.
  public init(type: ElementType, rowShape: [Int], isRagged: Bool) {
    self.type = type
    self.rowShape = rowShape
    self.isRagged = isRagged
  }
}

/// Some rows of a stream: columns of equal row count.
public struct Chunk: Sendable, Equatable {
  /// The columns by name.
  public let columns: [String: Column]
  /// How many rows each column has.
  public let rows: Int

  /// Traps where columns differ in rows: a programmer's error.
  public init(_ columns: [String: Column], rows: Int) {
    precondition(columns.values.allSatisfy { $0.rows == rows }, "columns of different row counts")
    self.columns = columns
    self.rows = rows
  }

  /// A chunk of dense columns; the row count is theirs.
  public init(_ tensors: [String: Tensor]) {
    self.init(tensors.mapValues(Column.dense), rows: tensors.values.first?.rows ?? 0)
  }
}

/// What belongs to a whole stream and stands in its first chunk.
public struct StreamHeader: Sendable, Equatable {
  /// The safetensors `__metadata__`: `rnn.kind` and small facts as JSON under `rnn.*`; `rnn.format` is
  /// the writer's and reader's business and does not appear here.
  public var metadata: [String: String]
  /// Tensors that are no rows (names begin `rnn.`): vocabulary, scaler, class names. Of a model, all its
  /// tensors: the weights stand here under their own names, and there are no columns.
  public var side: [String: Tensor]

  /// The header of a stream of a kind.
  public init(kind: String, metadata: [String: String] = [:], side: [String: Tensor] = [:]) {
    self.metadata = metadata
    self.side = side
    self.kind = kind
  }

  /// What the stream holds: `text`, `series`, `sequences`, `padded`, `windows`, `predictions`, `model`;
  /// empty where a bare safetensors document doesn't say.
  public var kind: String {
    get { metadata[StreamHeader.kindKey] ?? "" }
    set { metadata[StreamHeader.kindKey] = newValue }
  }

  static let kindKey = "rnn.kind"
  static let modelKind = "model"
}

/// Which run made a stream; it rides behind the data and never changes the artifact's hash.
public struct Provenance: Sendable, Equatable {
  /// The run's id in the registry.
  public let run: String
  /// The stage, such as `rnn-pad`.
  public let stage: String
  /// The version of rnnpipe that ran.
  public let version: String
  /// The machine's host name.
  public let host: String

  /// The origin of a stream.
  public init(run: String, stage: String, version: String, host: String) {
    self.run = run
    self.stage = stage
    self.version = version
    self.host = host
  }
}

// MARK: - Joining

extension Chunk {
  /// The rows of all `chunks` one after another; nil where there are none or their columns differ.
  public static func joined(_ chunks: [Chunk]) -> Chunk? {
    guard let first = chunks.first else { return nil }
    if chunks.count == 1 { return first }
    var columns: [String: Column] = [:]
    for name in first.columns.keys {
      guard let column = Column.joined(chunks.compactMap { $0.columns[name] }) else { return nil }
      columns[name] = column
    }
    let rows = chunks.reduce(0) { $0 + $1.rows }
    guard columns.values.allSatisfy({ $0.rows == rows }) else { return nil }
    return Chunk(columns, rows: rows)
  }

  /// The rows in `range`.
  public func slice(_ range: Range<Int>) -> Chunk {
    Chunk(columns.mapValues { $0.slice(range) }, rows: range.count)
  }
}

extension Column {
  /// The rows of all `parts` one after another; nil where there are none or their forms differ.
  public static func joined(_ parts: [Column]) -> Column? {
    switch parts.first {
    case nil: return nil
    case .dense:
      let tensors = parts.compactMap(\.tensor)
      return tensors.count == parts.count ? Tensor.joined(tensors).map(Column.dense) : nil
    case .ragged:
      let ragged = parts.compactMap(\.ragged)
      guard ragged.count == parts.count, let values = Tensor.joined(ragged.map(\.values)) else { return nil }
      return .ragged(Ragged(values: values, lengths: ragged.flatMap(\.lengths)))
    }
  }

  /// The rows in `range`.
  public func slice(_ range: Range<Int>) -> Column {
    switch self {
    case .dense(let tensor): return .dense(tensor.slice(range))
    case .ragged(let ragged):
      let start = ragged.lengths[..<range.lowerBound].reduce(0) { $0 + Int($1) }
      let lengths = Array(ragged.lengths[range])
      let count = lengths.reduce(0) { $0 + Int($1) }
      return .ragged(Ragged(values: ragged.values.slice(start..<start + count), lengths: lengths))
    }
  }
}
