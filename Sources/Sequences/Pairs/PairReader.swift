// Reads pairs of texts, a text and what it is to become (its translation, for example), as lines with a tab between
// the two: the columns `source` and `target`.

import ByteStreams
import Failures
import Tensor
import TensorFile

/// Reads `source<TAB>target` lines as chunks of a stream of pairs. In both texts, `\t`, `\n` and `\\` stand for a tab, a
/// line feed and a backslash.
public struct PairReader {
  /// The kind of the stream.
  public static let kind = "pairs"
  private static let chunkBytes = 1 << 22
  private static let tab = UInt8(ascii: "\t")

  private var lines: LineReader
  private let needsTarget: Bool
  /// The number of rows read so far.
  public private(set) var rows = 0

  /// - Parameters:
  ///   - name: the name of the source in messages.
  ///   - needsTarget: whether every line must have a target; if not, none may have one, or all.
  ///   - numberInFile: the number in the file of a line, if the file is not read from its beginning.
  public init(
    _ source: any ByteSource, named name: String, needsTarget: Bool = true,
    numberInFile: @escaping @Sendable (Int) -> Int = { $0 }
  ) {
    lines = LineReader(source, named: name)
    lines.numberInFile = numberInFile
    self.needsTarget = needsTarget
  }

  /// Whether the first row had a target; nil before it.
  private var hasTargets: Bool?

  /// The next rows; nil after the last.
  /// - Throws: `Failure` (data), stating the line.
  public mutating func next() throws -> Chunk? {
    var (source, target) = (TextColumn(), TextColumn())
    var count = 0
    while source.bytes.count + target.bytes.count < Self.chunkBytes, let line = try lines.next() {
      let texts = try texts(of: line)
      source.append(texts[0])
      if texts.count > 1 { target.append(texts[1]) }
      count += 1
    }
    guard count > 0 else { return nil }
    rows += count
    let columns = ["source": source.column, "target": target.column]
    return Chunk(columns.filter { $0.key == "source" || hasTargets == true }, rows: count)
  }

  /// The one or two texts of a line.
  private mutating func texts(of line: ArraySlice<UInt8>) throws(Failure) -> [ArraySlice<UInt8>] {
    let count = line.count { $0 == Self.tab } + 1
    guard count == 2 || count == 1 && !needsTarget else { throw refuseColumns(count) }
    let texts = line.split(separator: Self.tab, omittingEmptySubsequences: false)
    guard !texts[0].allSatisfy({ $0 == UInt8(ascii: " ") }) else {
      throw refuse(texts.count == 2 ? "has no source" : "is empty", "remove the line")
    }
    if texts.count == 2, texts[1].isEmpty, needsTarget { throw refuse("has no target", "remove the line") }
    guard hasTargets == nil || hasTargets == (texts.count == 2) else {
      throw refuse(
        texts.count == 2
          ? "has a target, but lines before it have none" : "has no tab, but lines before it have one",
        "write source<TAB>target in all lines, or sources alone")
    }
    hasTargets = texts.count == 2
    return texts.map(TextLine.unescaped)
  }

  private func refuseColumns(_ count: Int) -> Failure {
    count == 1
      ? refuse("has no tab", "write source<TAB>target; of two files: paste SOURCE TARGET")
      : refuse("has \(count - 1) tabs instead of one", "keep two columns: cut -f1,2")
  }

  private func refuse(_ problem: String, _ remedy: String) -> Failure {
    Failure.data("line \(lines.numberInFile(lines.number)) \(problem)", at: lines.name, remedy: remedy)
  }
}

/// A column of texts that grows row by row.
struct TextColumn {
  private(set) var bytes: [UInt8] = []
  private var lengths: [Int32] = []

  mutating func append(_ text: some Collection<UInt8>) {
    bytes.append(contentsOf: text)
    lengths.append(Int32(text.count))
  }

  var column: Column { .ragged(Ragged(values: Tensor(bytes), lengths: lengths)) }
}
