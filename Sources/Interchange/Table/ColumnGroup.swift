// Groups of table columns that form one column of a stream, and the group's type.

import Failures
import Sequences
import Spelling
import Tensor
import TensorFile

/// The kind of a column, inferred from its cells.
enum CellKind: Comparable {
  case empty, integer, number, text

  /// Takes one more cell into account.
  mutating func take(_ cell: String) {
    guard self != .text else { return }
    if NumberFormat.isMissing(ArraySlice(cell.utf8)) {
      // A missing integer can be represented only as NaN.
      if self == .integer { self = .number }
    } else if self <= .integer, Int64(cell) != nil {
      self = .integer
    } else {
      self = Double(cell) == nil ? .text : .number
    }
  }
}

/// Table columns that form one column of a stream.
struct ColumnGroup {
  let name: String
  let schema: ColumnSchema
  private let indices: [Int]

  /// - Parameter indices: which table columns, in order of the elements.
  private init(_ name: String, _ type: ElementType, shape: [Int], isText: Bool, indices: [Int]) {
    (self.name, self.indices) = (name, indices)
    schema = ColumnSchema(type: isText ? .u8 : type, rowShape: shape, isRagged: isText)
  }

  static func groups(
    _ names: [String], kinds: [CellKind], types: [String: ElementType], named file: String
  ) throws -> [ColumnGroup] {
    let spread = SpreadNames(names)
    for name in types.keys where !spread.columns.contains(where: { $0.name == name }) {
      let remedy = suggestion(for: name, among: spread.columns.map(\.name), listedAs: "the columns are")
      throw Failure.usage("there is no column \(name)", at: "--type", remedy: remedy)
    }
    return try spread.columns.map { name, shape, indices in
      guard !name.hasPrefix("rnn."), !name.isEmpty else {
        throw Failure.data("a column can't be called \"\(name)\"", at: file, remedy: "rename it")
      }
      let kind = indices.map { kinds[$0] }.max() ?? .empty
      let usual: ElementType = name == "split" ? .u8 : .i64
      let type = types[name] ?? (kind == .integer ? usual : .f64)
      guard kind != .text || indices.count == 1 else {
        throw Failure.data("\(name).0, \(name).1, ... are text, which can't be one column", at: file)
      }
      return ColumnGroup(
        name, type, shape: shape, isText: kind == .text && types[name] == nil, indices: indices)
    }
  }

  /// The group's part of some rows.
  func column(_ rows: [TableReader.Row], named file: String) throws -> Column {
    if schema.isRagged {
      let texts = rows.map { Array($0.cells[indices[0]].utf8) }
      return .ragged(Ragged(values: Tensor(Array(texts.joined())), lengths: texts.map { Int32($0.count) }))
    }
    var builder = ElementBuilder(schema.type)
    for row in rows {
      for index in indices where !builder.append(row.cells[index]) {
        throw Failure.data(
          "line \(row.line): \"\(row.cells[index])\" doesn't match column \(name), whose type is \(schema.type.rawValue)",
          at: file)
      }
    }
    return .dense(Tensor(shape: [rows.count] + schema.rowShape, elements: builder.elements))
  }
}
