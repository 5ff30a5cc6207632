// The rows of a part of the data, wherever they are: in memory, as the series that they are windows of, or in a file. What is
// computed from them doesn't depend on it: a batch of rows that are stored is read when it is used, and converted then, row
// by row, as all rows in memory are at once.

import Failures

/// Rows to train or validate on.
public struct RowSet: Sendable {
  /// Converts some rows, each by itself.
  ///
  /// The arguments are the rows, their factors, and the number of the first in its part, for messages.
  typealias Conversion = @Sendable (DataSet, [Double], Int) throws -> DataSet

  private enum Place: Sendable {
    case memory(DataSet, factors: [Double])
    case store(any RowStore, StoredRows, [Conversion])
  }

  private let place: Place
  /// The number of rows.
  public let rows: Int
  /// The number of values in a row's target for each output.
  public let targetWidths: [Int]

  /// Rows in memory.
  /// - Parameter factors: by what the targets of each row were multiplied in scaling, if it isn't the same for all.
  public init(_ data: DataSet, factors: [Double] = []) {
    place = .memory(data, factors: factors)
    rows = data.rows
    targetWidths = data.targets.map(\.width)
  }

  /// The first `rows` rows of a store.
  init(_ store: any RowStore, rows: Int) {
    self.init(store, StoredRows([0..<rows]), [], targetWidths: store.layout.targets)
  }

  private init(
    _ store: any RowStore, _ selection: StoredRows, _ conversions: [Conversion], targetWidths: [Int]
  ) {
    place = .store(store, selection, conversions)
    rows = selection.count
    self.targetWidths = targetWidths
  }

  /// The rows, if they are in memory as they are used.
  public var inMemory: DataSet? { if case .memory(let data, _) = place { data } else { nil } }

  // MARK: Reading

  /// The rows `order[range]`, as rows of a data set in memory.
  /// - Parameter used: which of them are used, from 0; the others aren't read from a store. Nil for all.
  /// - Throws: `Failure` (io) if they can't be read.
  func batch(
    _ order: [Int], _ range: Range<Int>, used: Range<Int>? = nil
  ) throws -> (data: DataSet, order: [Int], range: Range<Int>) {
    switch place {
    case .memory(let data, _): return (data, order, range)
    case .store(let store, let selection, let conversions):
      let all = 0..<range.count
      var read = used ?? all
      // Conversions need a row to know its width.
      if read.isEmpty { read = all.prefix(1) }
      let numbers = order[range.lowerBound + read.lowerBound..<range.lowerBound + read.upperBound]
      return (
        try Self.read(numbers, of: store, selection, conversions),
        all.map { read.contains($0) ? $0 - read.lowerBound : 0 }, all
      )
    }
  }

  /// Calls `body` with all rows in order, some at a time, and the number of the first of them.
  /// - Throws: `Failure` (io) if they can't be read.
  public func forEachBlock(_ body: (DataSet, Int) throws -> Void) throws {
    switch place {
    case .memory(let data, _): try body(data, 0)
    case .store(let store, let selection, let conversions):
      let size = Self.blockRows(store)
      for start in stride(from: 0, to: rows, by: size) {
        let numbers = start..<min(start + size, rows)
        try body(try Self.read(numbers, of: store, selection, conversions), start)
      }
    }
  }

  /// The rows of the first block; none if there are no rows.
  func firstBlock() throws -> DataSet {
    switch place {
    case .memory(let data, _): data
    case .store(let store, let selection, let conversions):
      try Self.read(0..<min(Self.blockRows(store), rows), of: store, selection, conversions)
    }
  }

  private static func blockRows(_ store: any RowStore) -> Int {
    max(1, blockBytes / max(1, store.layout.rowBytes))
  }

  private static let blockBytes = 4 << 20

  private static func read(
    _ numbers: some Collection<Int>, of store: any RowStore, _ selection: StoredRows,
    _ conversions: [Conversion]
  ) throws -> DataSet {
    let (data, factors) = try store.read(numbers.map { selection[$0] })
    return try conversions.reduce(data) { try $1($0, factors, numbers.first ?? 0) }
  }

  // MARK: Other rows

  /// The rows in `ranges`, one after the other.
  func rows(in ranges: [Range<Int>]) -> RowSet {
    switch place {
    case .memory(let data, let factors):
      RowSet(data.rows(in: ranges), factors: joined(factors, ranges, of: rows))
    case .store(let store, let selection, let conversions):
      RowSet(store, selection.rows(in: ranges), conversions, targetWidths: targetWidths)
    }
  }

  /// The rows, converted.
  /// - Parameter canFail: whether a row may be one that can't be converted, so that all are tried at once.
  /// - Throws: what `conversion` throws.
  func converted(canFail: Bool = false, _ conversion: @escaping Conversion) throws -> RowSet {
    switch place {
    case .memory(let data, let factors):
      return RowSet(try conversion(data, factors, 0), factors: factors)
    case .store(let store, let selection, let conversions):
      let all = conversions + [conversion]
      let source = RowSet(store, selection, all, targetWidths: targetWidths)
      let widths =
        rows == 0 ? targetWidths : try Self.read(0..<1, of: store, selection, all).targets.map(\.width)
      if canFail { try source.forEachBlock { _, _ in } }
      return RowSet(store, selection, all, targetWidths: widths)
    }
  }
}

/// Some of the rows of a store, in ascending order.
struct StoredRows: Sendable {
  private let ranges: [Range<Int>]
  /// For each range, how many rows precede it.
  private let starts: [Int]
  let count: Int

  init(_ ranges: [Range<Int>]) {
    self.ranges = ranges.filter { !$0.isEmpty }
    var (starts, count) = ([Int](), 0)
    for range in self.ranges {
      starts.append(count)
      count += range.count
    }
    (self.starts, self.count) = (starts, count)
  }

  /// The number in the store of a row.
  subscript(index: Int) -> Int {
    var (low, high) = (0, ranges.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= index { low = middle } else { high = middle - 1 }
    }
    return ranges[low].lowerBound + index - starts[low]
  }

  /// The rows in ranges of these.
  func rows(in parts: [Range<Int>]) -> StoredRows {
    StoredRows(
      parts.flatMap { part -> [Range<Int>] in
        zip(ranges, starts).compactMap { range, start in
          let own = part.clamped(to: start..<start + range.count)
          return own.isEmpty
            ? nil : range.lowerBound + own.lowerBound - start..<range.lowerBound + own.upperBound - start
        }
      })
  }
}
