// What is noticed about a column of numbers while it is read: that it counts the rows or holds times, so that it is
// hardly meant as an input, or that its decimal marks may be marks between groups of digits.

/// Reads the cells of one column as numbers, and notices what is odd about them.
struct NumberColumn {
  let name: String
  /// The index of its field in a record.
  let index: Int
  private let format: NumberFormat
  private let checksMarks: Bool
  private var rows = 0
  /// The number of rows of the current sequence, if the file holds several.
  private var rowsOfSequence = 0
  private var previous = Double.nan
  private var step = Double.nan
  private var counts = true
  /// The format in which all numbers so far are times that rise.
  private var timeFormat: TimeFormat?
  private var previousTime = Int64.min
  private var marked = 0
  private var mayBeGrouped = true
  /// A cell whose mark may stand between groups of digits.
  private var example = ""

  /// - Parameter checksMarks: whether a decimal mark before three digits is suspect in this file.
  init(_ name: String, index: Int, format: NumberFormat, checksMarks: Bool) {
    (self.name, self.index, self.format) = (name, index, format)
    self.checksMarks = checksMarks && format.grouping == nil
  }

  /// The value of a cell, NaN if it is missing; nil if it is not a number.
  mutating func value(_ cell: ArraySlice<UInt8>) -> Double? {
    switch format.value(cell) {
    case nil: return nil
    case .missing:
      (counts, timeFormat) = (false, nil)
      return .nan
    case .number(let value):
      rows += 1
      rowsOfSequence += 1
      if rows == 1 { timeFormat = TimeFormat.numeric(trimmingBlanks(cell)) }
      if timeFormat != nil { checkTime(cell) }
      if counts { count(value) }
      if checksMarks, mayBeGrouped { checkMark(cell) }
      return value
    }
  }

  // MARK: Counting

  /// Whether the numbers are whole and rise by the same step in every row.
  var countsRows: Bool { counts && rows > 2 && !step.isNaN }
  /// Whether they are times that rise from row to row, as far as a number shows it.
  var holdsTimes: Bool { rows > 2 && timeFormat != nil }
  /// The first numbers, as an example.
  var start: String { "\(Int64(first)), \(Int64(first + step)), ..." }
  private var first: Double { previous - step * Double(rowsOfSequence - 1) }

  /// Begins another sequence, in which rows may be counted anew.
  mutating func beginSequence() { (rowsOfSequence, previousTime) = (0, .min) }

  private mutating func checkTime(_ cell: ArraySlice<UInt8>) {
    guard let time = timeFormat?.seconds(cell), time > previousTime else { return timeFormat = nil }
    previousTime = time
  }

  private mutating func count(_ value: Double) {
    guard value == value.rounded(), abs(value) < 1e15 else { return counts = false }
    defer { previous = value }
    guard rowsOfSequence > 1 else { return }
    if step.isNaN { step = value - previous }
    if value - previous != step || step <= 0 { counts = false }
  }

  // MARK: Marks

  /// Whether all decimal marks may be marks between groups of three digits.
  var hasDoubtfulMarks: Bool { checksMarks && mayBeGrouped && marked > 0 }
  /// A number with such a mark, and both of its readings.
  var doubtfulExample: (text: String, decimal: String, grouped: String) {
    let digits = example.filter { $0 != "." && $0 != "," }
    let number = format.number(ArraySlice(example.utf8)) ?? .nan
    return (example, "\(number)", digits)
  }

  private mutating func checkMark(_ cell: ArraySlice<UInt8>) {
    let text = trimmingBlanks(cell).drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    let mark = format.decimalComma ? UInt8(ascii: ",") : UInt8(ascii: ".")
    guard let position = text.firstIndex(of: mark) else { return }
    let (whole, fraction) = (text[..<position], text[(position + 1)...])
    mayBeGrouped =
      (1...3).contains(whole.count) && whole.first != UInt8(ascii: "0") && fraction.count == 3
      && fraction.allSatisfy { (0x30...0x39).contains($0) }
    if marked == 0 { example = String(decoding: trimmingBlanks(cell), as: UTF8.self) }
    marked += 1
  }
}
