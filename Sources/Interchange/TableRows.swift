// Reading tables: two passes, the first finds out what each column holds, the second makes rows of it.

import Failures
import OperatingSystem
import Sequences
import Tensor
import TensorFile

/// The rows of a CSV or TSV table. Columns called `x.0`, `x.1`, ... become one column `x`; a column of whole
/// numbers is I64, one of other numbers F64 (a cell without text being NaN), any other is text.
public struct TableRows: RowSource {
  /// Empty: a table has no metadata.
  public let header: StreamHeader
  /// A column for each name, or for each group `x.0`, `x.1`, ..., of the type that all its cells suggest or
  /// `types` names.
  public let schema: [String: ColumnSchema]
  private let spool: TemporaryFile
  private let style: TableStyle
  private let name: String
  private let groups: [ColumnGroup]

  /// - Parameters:
  ///   - types: columns that shall be of another type than their values suggest.
  ///   - name: the file's name for messages.
  public init(
    _ spool: TemporaryFile, style: TableStyle, types: [String: ElementType] = [:], named name: String
  )
    throws
  {
    (self.spool, self.style, self.name) = (spool, style, name)
    var table = try TableReader(spool.source(), style: style, named: name)
    var kinds = [CellKind](repeating: .empty, count: table.names.count)
    while let row = try table.next() {
      for index in kinds.indices { kinds[index].take(row.cells[index]) }
    }
    groups = try ColumnGroup.groups(table.names, kinds: kinds, types: types, named: name)
    header = StreamHeader(kind: "")
    schema = Dictionary(uniqueKeysWithValues: groups.map { ($0.name, $0.schema) })
  }

  /// Reads the table a second time, about 262,144 cells a chunk; throws `Failure` (data) naming the line of
  /// a cell that doesn't fit its column.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    var table = try TableReader(spool.source(), style: style, named: name)
    let atOnce = rowsAtOnce(table.names.count)
    var rows: [TableReader.Row] = []
    var isFirst = true
    while let row = try table.next() {
      rows.append(row)
      guard rows.count == atOnce else { continue }
      try body(chunk(rows))
      rows.removeAll(keepingCapacity: true)
      isFirst = false
    }
    if isFirst || !rows.isEmpty { try body(chunk(rows)) }
  }

  private func chunk(_ rows: [TableReader.Row]) throws -> Chunk {
    var columns: [String: Column] = [:]
    for group in groups { columns[group.name] = try group.column(rows, named: name) }
    return Chunk(columns, rows: rows.count)
  }
}

/// What the cells of a column have turned out to be.
enum CellKind: Comparable {
  case empty, integer, number, text

  /// Takes one more cell into account.
  mutating func take(_ cell: String) {
    guard self != .text else { return }
    if cell.isEmpty {
      // A missing whole number can only be a NaN.
      if self == .integer { self = .number }
    } else if self <= .integer, Int64(cell) != nil {
      self = .integer
    } else {
      self = Double(cell) == nil ? .text : .number
    }
  }
}

/// Table columns that together are one column of a stream.
struct ColumnGroup {
  let name: String
  let schema: ColumnSchema
  private let places: [Int]

  /// - Parameter places: which table columns, in order of the elements.
  private init(_ name: String, _ type: ElementType, shape: [Int], isText: Bool, places: [Int]) {
    (self.name, self.places) = (name, places)
    schema = ColumnSchema(type: isText ? .u8 : type, rowShape: shape, isRagged: isText)
  }

  static func groups(
    _ names: [String], kinds: [CellKind], types: [String: ElementType], named file: String
  ) throws -> [ColumnGroup] {
    let spread = SpreadNames(names)
    for name in types.keys where !spread.columns.contains(where: { $0.name == name }) {
      throw Failure.usage("there is no column \(name)", at: "--type")
    }
    return try spread.columns.map { name, shape, places in
      guard !name.hasPrefix("rnn."), !name.isEmpty else {
        throw Failure.data("a column can't be called \"\(name)\"", at: file, remedy: "rename it")
      }
      let kind = places.map { kinds[$0] }.max() ?? .empty
      let usual: ElementType = name == "split" ? .u8 : .i64
      let type = types[name] ?? (kind == .integer ? usual : .f64)
      guard kind != .text || places.count == 1 else {
        throw Failure.data("\(name).0, \(name).1, ... are text, which can't be one column", at: file)
      }
      return ColumnGroup(
        name, type, shape: shape, isText: kind == .text && types[name] == nil, places: places)
    }
  }

  /// The group's part of some rows.
  func column(_ rows: [TableReader.Row], named file: String) throws -> Column {
    if schema.isRagged {
      let texts = rows.map { Array($0.cells[places[0]].utf8) }
      return .ragged(Ragged(values: Tensor(Array(texts.joined())), lengths: texts.map { Int32($0.count) }))
    }
    var builder = ElementBuilder(schema.type)
    for row in rows {
      for place in places where !builder.append(row.cells[place]) {
        throw Failure.data(
          "line \(row.line): \"\(row.cells[place])\" is no \(schema.type.rawValue) for column \(name)",
          at: file)
      }
    }
    return .dense(Tensor(shape: [rows.count] + schema.rowShape, elements: builder.elements))
  }
}

/// Names such as `x.0`, `x.1` put together again, where none is missing and they stand in order.
struct SpreadNames {
  /// Each column's name, row shape and table columns.
  private(set) var columns: [(name: String, shape: [Int], places: [Int])] = []

  init(_ names: [String]) {
    var start = 0
    while start < names.count {
      let end = SpreadNames.end(of: names, from: start)
      let (base, indices) = SpreadNames.parts(names[start])
      if let shape = indices.isEmpty ? nil : SpreadNames.shape(names[start..<end]),
        !columns.contains(where: { $0.name == base }),
        !names[end...].contains(where: { SpreadNames.parts($0).base == base })
      {
        columns.append((base, shape, Array(start..<end)))
      } else {
        for place in start..<end { columns.append((names[place], [], [place])) }
      }
      start = end
    }
  }

  /// Where the run of names with the same base ends.
  private static func end(of names: [String], from start: Int) -> Int {
    let base = parts(names[start]).base
    return names[(start + 1)...].firstIndex { parts($0).base != base } ?? names.count
  }

  /// `x.3.1` is `x` and 3, 1.
  private static func parts(_ name: String) -> (base: String, indices: [Int]) {
    let words = name.split(separator: ".", omittingEmptySubsequences: false)
    let digits = words.dropFirst().reversed().prefix { word in
      !word.isEmpty && word.count < 7 && word.utf8.allSatisfy { (48...57).contains($0) }
        && (word == "0" || word.first != "0")
    }
    let count = words.count - digits.count
    return (words[..<count].joined(separator: "."), words[count...].compactMap { Int($0) })
  }

  /// The shape whose indices, last one fastest, are those of `names`; nil where there is none.
  private static func shape(_ names: ArraySlice<String>) -> [Int]? {
    let tuples = names.map { parts($0).indices }
    guard let last = tuples.last, tuples.allSatisfy({ $0.count == last.count }) else { return nil }
    let shape = last.map { $0 + 1 }
    guard shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) == tuples.count else {
      return nil
    }
    for (number, tuple) in tuples.enumerated() {
      var (rest, expected) = (number, [Int]())
      for extent in shape.reversed() { (rest, expected) = (rest / extent, [rest % extent] + expected) }
      guard tuple == expected else { return nil }
    }
    return shape
  }
}
