// Rows of numbers in memory, those of one input. Windows of a series overlap: a window begins some steps after the one before
// it, and its other steps are there already. So large inputs are kept as the series that they were cut from, and cut again
// when they are used. That is found by comparing them, bit by bit, and holds for any rows that happen to overlap.

import Glibc

/// The rows of an input.
struct WindowRows: Sendable {
  /// The numbers of a row, and those of one of its steps.
  let width: Int
  let stepWidth: Int
  /// The numbers of all rows, one after the other, or of the series.
  private(set) var values: [Float] = []
  /// Where each row begins in the series; nil if rows are one after the other.
  private var starts: [Int]?
  /// Whether it is known that rows don't overlap.
  private var isPlain = false
  /// By how much the last row was shifted against the one before.
  private var lastShift = 0

  /// Smaller inputs stay as they are, because then a batch is read without a copy.
  static let smallestShared = 64 << 20
  /// A window is looked for in this many places; rows of other parts may be between it and the one before.
  private static let farthest = 32

  init(width: Int, stepWidth: Int) { (self.width, self.stepWidth) = (width, stepWidth) }

  /// The size in memory.
  var bytes: Int { values.count * MemoryLayout<Float>.size + (starts?.count ?? 0) * MemoryLayout<Int>.size }
  /// Whether overlapping rows share their numbers.
  var isShared: Bool { starts != nil }

  /// Appends a row.
  mutating func append(_ row: ArraySlice<Float>) {
    guard starts != nil else {
      values += row
      if !isPlain, bytes >= Self.smallestShared { share() }
      return
    }
    add(row)
  }

  /// Turns rows into a series, unless that saves less than half.
  private mutating func share() {
    var shared = WindowRows(width: width, stepWidth: stepWidth)
    shared.starts = []
    for start in stride(from: 0, to: values.count, by: width) {
      shared.add(values[start..<start + width])
      guard shared.bytes <= bytes / 2 else {
        isPlain = true
        return
      }
    }
    self = shared
  }

  private mutating func add(_ row: ArraySlice<Float>) {
    let shift = starts?.last == nil ? nil : shift(of: row)
    let start = shift.map { values.count - width + $0 } ?? values.count
    values += row.suffix(shift ?? width)
    starts?.append(start)
    lastShift = shift ?? lastShift
  }

  /// How many numbers after the beginning of the last row this one begins; nil if they don't overlap.
  private func shift(of row: ArraySlice<Float>) -> Int? {
    if isShifted(row, by: lastShift) { return lastShift }
    return (0...Self.farthest).lazy.map { $0 * stepWidth }.first { isShifted(row, by: $0) }
  }

  private func isShifted(_ row: ArraySlice<Float>, by shift: Int) -> Bool {
    guard shift < width else { return false }
    return values.withUnsafeBytes { all in
      row.withUnsafeBytes { row in
        let count = (width - shift) * MemoryLayout<Float>.size
        guard let own = UnsafeRawBufferPointer(rebasing: all.suffix(count)).baseAddress,
          let other = row.baseAddress
        else { return false }
        return memcmp(own, other, count) == 0
      }
    }
  }

  /// The numbers of some rows, one row after the other.
  func rows(_ numbers: [Int]) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(numbers.count * width)
    for number in numbers {
      let start = starts?[number] ?? number * width
      result += values[start..<start + width]
    }
    return result
  }
}
