// What describes a series and doesn't change: numbers, such as the size of a store, and categories, such as its kind.
// Windows have the numbers in the column `static` F32 [rows, numbers] and the categories in `categories` I32
// [rows, categories]. The ids of all columns of categories are different, so that one embedding serves them all; 0 is
// an unknown category.

import Failures
import JSON
import TensorFile

/// The columns that describe series (`rnn.static`).
public struct StaticColumns: Sendable, Equatable {
  /// Where the scaling of the numbers is stored.
  private static let scaleKey = "rnn.static.scale"
  /// The most categories of a column.
  static let mostCategories = 100_000

  /// A column of categories.
  public struct Categories: Sendable, Equatable {
    /// The name of the column.
    public let column: String
    /// The names of the categories, in sorted order.
    public let names: [String]
  }

  /// The names of the columns, as they are in a file.
  public let columns: [String]
  /// The columns of categories, in that order.
  public let categories: [Categories]
  /// The scaling of the columns of numbers, in that order.
  public let scaler: Scaler
  private let ids: [[String: Int32]]

  init(columns: [String], categories: [Categories], scaler: Scaler) {
    (self.columns, self.categories, self.scaler) = (columns, categories, scaler)
    var next: Int32 = 1
    ids = categories.map { column in
      var ids: [String: Int32] = [:]
      for name in column.names {
        ids[name] = next
        next += 1
      }
      return ids
    }
  }

  /// Nothing describes the series.
  public static let none = StaticColumns(columns: [], categories: [], scaler: .identity([]))

  /// Whether there are no such columns.
  public var isEmpty: Bool { columns.isEmpty }
  /// The columns of numbers.
  public var numbers: [String] { scaler.columns }
  /// The number of ids, with that of unknown categories.
  public var idCount: Int { 1 + categories.reduce(0) { $0 + $1.names.count } }

  /// The values of a series.
  /// - Parameter cells: the cells of `columns`, empty where nothing is known.
  /// - Throws: `Failure` (data): a number is missing, or not a number.
  func values(_ cells: [String], numbers format: NumberFormat) throws(Failure) -> (
    numbers: [Float], categories: [Int32]
  ) {
    var (values, found): ([Float], [Int32]) = ([], [])
    guard !columns.isEmpty else { return ([], []) }
    for (column, cell) in zip(columns, cells) {
      if let number = categories.firstIndex(where: { $0.column == column }) {
        found.append(ids[number][cell] ?? 0)
      } else {
        guard let value = format.number(ArraySlice(cell.utf8)) else {
          throw Failure.data(
            "column \(column): " + (cell.isEmpty ? "the value is missing" : "\(cell) is not a number"),
            remedy: "fill it in, or leave the column out of --static")
        }
        values.append(Float(scaler.scale(value, column: values.count)))
      }
    }
    return (values, found)
  }
}

// MARK: - From a file

extension StaticColumns {
  /// Collects the categories, and the scaling of the numbers over all series. A column whose cells are all numbers holds
  /// numbers.
  init(_ panel: SeriesPanel, numbers format: NumberFormat, scale kind: ScaleKind) throws {
    let columns = panel.staticColumns
    var (areNumbers, names) = (columns.map { _ in true }, columns.map { _ in Set<String>() })
    panel.forEachDescription { _, cells in
      for (index, cell) in cells.enumerated() where !cell.isEmpty {
        if format.number(ArraySlice(cell.utf8)) == nil { areNumbers[index] = false }
        names[index].insert(cell)
      }
    }
    let categories = columns.indices.filter { !areNumbers[$0] }
    if let large = categories.first(where: { names[$0].count > Self.mostCategories }) {
      throw Failure.data(
        "column \(columns[large]) has more than \(Self.mostCategories) categories",
        remedy: "leave it out of --static")
    }
    let numbers = columns.indices.filter { areNumbers[$0] }
    var fit = ScalerFit(columns: numbers.map { columns[$0] }, for: kind)
    panel.forEachDescription { _, cells in
      fit.add(numbers.map { format.number(ArraySlice(cells[$0].utf8)) ?? .nan })
    }
    let scaler: Scaler = try numbers.isEmpty ? .identity([]) : fit.scaler(kind, basis: .all)
    self.init(
      columns: columns,
      categories: categories.map { Categories(column: columns[$0], names: names[$0].sorted()) },
      scaler: scaler)
  }
}

// MARK: - Metadata

extension StaticColumns {
  /// Reads `rnn.static`; nothing if the stream has none.
  public init(header: StreamHeader) throws {
    guard let object = try header.object("rnn.static"), object["categories"] != nil else {
      self = .none
      return
    }
    guard let columns = object["columns"]?.strings, let lists = object["categories"]?.array,
      let scaler = try Scaler(header: header, key: Self.scaleKey)
    else { throw damagedMetadata("rnn.static") }
    let categories = lists.compactMap { list -> Categories? in
      guard let column = list.object?["column"]?.string, let names = list.object?["names"]?.strings else {
        return nil
      }
      return Categories(column: column, names: names)
    }
    let known = Set(categories.map(\.column) + scaler.columns)
    guard categories.count == lists.count, known == Set(columns) else { throw damagedMetadata("rnn.static") }
    self.init(columns: columns, categories: categories, scaler: scaler)
  }

  /// Writes `rnn.static` = `{"columns":["size","kind"],"categories":[{"column":"kind","names":["a","b"]}]}` and the
  /// scaling of the numbers; nothing if there are no columns.
  public func write(into header: inout StreamHeader) {
    guard !isEmpty else { return }
    let lists = categories.map {
      JSONValue.object(["column": .string($0.column), "names": .strings($0.names)])
    }
    header.metadata["rnn.static"] =
      JSONValue.object(["columns": .strings(columns), "categories": .array(lists)]).text
    scaler.write(into: &header, key: Self.scaleKey)
  }
}
