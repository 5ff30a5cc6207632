// Splits the rows of a stream with several series, such as their windows, in row order within each series: the first rows of
// every series are for training, not the first series.

import Failures
import TensorFile

/// Divides each run of rows with the same name among the parts.
public struct PanelRowSplitter {
  private let partition: Partition
  private var names = NameRuns()
  /// The rows of each part for each series, after counting; nil for a series that is too short.
  private var parts: [[Int]?] = []
  private var leftOut = NameList()
  /// The number of rows that are in no part.
  public private(set) var cut = 0

  /// - Parameter partition: a chronological split.
  public init(_ partition: Partition) { self.partition = partition }

  /// Whether a stream has the names of several series.
  public static func applies(to header: StreamHeader, _ schema: [String: ColumnSchema]) throws -> Bool {
    try PanelForm(header: header) != nil && schema["id"]?.isRagged == true
  }

  /// Counts the rows of a chunk; all chunks are counted before the first is split.
  public mutating func count(_ chunk: Chunk) throws(Failure) { _ = try names.ends(of: chunk) }

  /// The number of rows in each part. Throws `Failure` (data) if no series has enough rows.
  public mutating func counts() throws(Failure) -> [Int] {
    parts = []
    for (name, rows) in names.runs {
      let counts = try? partition.counts(rows: rows)
      if counts == nil { leftOut.add(name) }
      cut += rows - (counts?.reduce(0, +) ?? 0)
      parts.append(counts)
    }
    let sums = (0..<3).map { part in parts.reduce(0) { $0 + ($1?[part] ?? 0) } }
    guard sums[0] > 0 else {
      throw Failure.data("no series has enough rows for the parts", remedy: "use smaller parts")
    }
    names = NameRuns()
    return sums
  }

  /// The rows of a chunk that are in a part, with the column `split`; nil if there are none.
  public mutating func split(_ chunk: Chunk) throws(Failure) -> Chunk? {
    var (pieces, start) = ([Chunk](), 0)
    for (run, first, end) in try names.ends(of: chunk) {
      if let counts = parts[run] {
        let kept = min(end - start, max(0, counts.reduce(0, +) - first))
        if kept > 0 {
          pieces.append(
            chunk.slice(start..<start + kept).split(
              into: (first..<first + kept).map { Self.part($0, counts) }))
        }
      }
      start = end
    }
    return Chunk.joined(pieces)
  }

  private static func part(_ row: Int, _ counts: [Int]) -> UInt8 {
    row < counts[0] ? 0 : row < counts[0] + counts[1] ? 1 : 2
  }

  /// Names the series that are too short for the parts.
  public var warnings: [String] {
    guard leftOut.count > 0 else { return [] }
    let isOne = leftOut.count == 1
    return [
      "\(leftOut.count) series \(isOne ? "has" : "have") too few rows for the parts and \(isOne ? "is" : "are") left out: \(leftOut.text)"
    ]
  }
}

/// The runs of rows with the same name in chunks that follow one another.
private struct NameRuns {
  /// The name of each run and the number of its rows so far.
  private(set) var runs: [(name: String, rows: Int)] = []
  private var current: [UInt8]?

  /// The runs in a chunk: the number of each, the row of the run with which it begins here, and its end in the chunk.
  mutating func ends(of chunk: Chunk) throws(Failure) -> [(run: Int, first: Int, end: Int)] {
    guard let ids = chunk.columns["id"]?.ragged, let bytes = ids.values.values(as: UInt8.self) else {
      throw Failure.data("the column id of the series is missing from a chunk")
    }
    let offsets = ids.offsets
    var ends: [(run: Int, first: Int, end: Int)] = []
    for row in 0..<chunk.rows {
      let id = bytes[offsets[row]..<offsets[row + 1]]
      if !(current?.elementsEqual(id) ?? false) {
        current = Array(id)
        runs.append((String(decoding: id, as: UTF8.self), 0))
      }
      if ends.last?.run != runs.count - 1 { ends.append((runs.count - 1, runs[runs.count - 1].rows, row)) }
      ends[ends.count - 1].end = row + 1
      runs[runs.count - 1].rows += 1
    }
    return ends
  }
}
