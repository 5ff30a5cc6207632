// The distribution of a column's lengths or values.

import Charts
import Failures
import Sequences
import Tensor
import TensorFile

extension PlotInput {
  /// The histogram of a column's lengths or values.
  func distribution() throws -> Chart {
    let reader = try run.reader(path)
    let column = try distributedColumn(reader)
    if reader.schema[column]?.isRagged == true { return try lengths(of: column, reader) }
    return try values(of: column, reader)
  }

  /// The selected column, else the only ragged one, else the only one.
  private func distributedColumn(_ reader: TensorReader) throws -> String {
    let names = reader.schema.keys.sorted()
    if let index = try indices(of: Array(selection.column.prefix(1)), in: names, else: "there is no column")
      .first
    {
      return names[index]
    }
    let ragged = names.filter { reader.schema[$0]?.isRagged == true }
    guard let only = ragged.count == 1 ? ragged[0] : names.count == 1 ? names[0] : nil else {
      throw Failure.usage(
        "there are several columns", at: name,
        remedy: "choose one with --column: \(names.joined(separator: ", "))")
    }
    return only
  }

  private func lengths(of column: String, _ reader: TensorReader) throws -> Chart {
    var counts: [Int32: Int] = [:]
    while let chunk = try reader.next() {
      for length in chunk.columns[column]?.ragged?.lengths ?? [] { counts[length, default: 0] += 1 }
    }
    guard let shortest = counts.keys.min(), let longest = counts.keys.max() else {
      throw Failure.data("the stream has no rows", at: name)
    }
    var histogram = Histogram(over: Double(shortest)...Double(longest), bins: 60, isWhole: true)
    for (length, times) in counts { histogram.add(Double(length), times: times) }
    let median = median(counts)
    let isText = reader.schema[column]?.type == .u8
    let unit = isText ? language.pick("bytes per row", "每行字节数") : language.pick("values per row", "每行词元数")
    let title = language.pick("Lengths of \(column)", "\(column) 的长度分布")
    let mark = Mark(language.pick("median \(median)", "中位数 \(median)"), x: Double(median), color: 1)
    return .distribution(histogram, of: unit, title: title, marks: [mark], language: language)
  }

  private func median(_ counts: [Int32: Int]) -> Int32 {
    var left = counts.values.reduce(0, +) / 2
    for (length, times) in counts.sorted(by: { $0.key < $1.key }) {
      left -= times
      if left < 0 { return length }
    }
    return 0
  }

  /// With more classes than these, their names would overlap.
  private static let maxNamedClasses = 20

  /// The names of a column's classes, if it has any.
  private func classNames(of column: String, _ reader: TensorReader) throws -> [String] {
    guard column == "y", reader.schema[column]?.type.isInteger == true else { return [] }
    let names = try ClassNames(header: reader.header)?.names ?? []
    return names.count <= Self.maxNamedClasses ? names : []
  }

  private func values(of column: String, _ reader: TensorReader) throws -> Chart {
    let names = try classNames(of: column, reader)
    let isWhole = reader.schema[column]?.type.isInteger ?? false
    let stream = try RereadableStream(reader)
    var (low, high) = (Double.infinity, -Double.infinity)
    try stream.chunks { chunk in
      for value in chunk.columns[column]?.tensor?.doubles ?? [] where value.isFinite {
        (low, high) = (min(low, value), max(high, value))
      }
    }
    // Every class has its place, also one without rows.
    if !names.isEmpty { (low, high) = (min(low, 0), max(high, Double(names.count - 1))) }
    guard low <= high else { throw Failure.data("column \(column) has no finite values", at: name) }
    do { try checkDrawable([low, high]) } catch { throw error.placed(at: "\(name), column \(column)") }
    var histogram = Histogram(over: low...high, bins: 60, isWhole: isWhole)
    try stream.chunks { chunk in
      for value in chunk.columns[column]?.tensor?.doubles ?? [] { histogram.add(value) }
    }
    let title =
      names.isEmpty
      ? language.pick("Values of \(column)", "\(column) 的数值分布")
      : language.pick("Classes of \(column)", "\(column) 的类别分布")
    return .distribution(histogram, of: column, title: title, names: names, language: language)
  }
}
