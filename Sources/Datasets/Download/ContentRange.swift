// Which part of a file a response contains.

/// The Content-Range of a 206: which bytes these are, and of how many.
struct ContentRange: Equatable {
  let first: Int
  let last: Int
  let total: Int

  /// Nil if `text` is not `bytes FIRST-LAST/TOTAL` with valid numbers.
  init?(_ text: String) {
    guard text.lowercased().hasPrefix("bytes ") else { return nil }
    let parts = text.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let total = Int(parts[1].trimmed) else { return nil }
    let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { Int($0.trimmed) }
    guard ends.count == 2, let first = ends[0], let last = ends[1] else { return nil }
    guard first >= 0, first <= last, last < total else { return nil }
    (self.first, self.last, self.total) = (first, last, total)
  }
}

extension StringProtocol {
  /// Without whitespace at both ends.
  fileprivate var trimmed: String {
    let start = firstIndex { !$0.isWhitespace } ?? endIndex
    let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
    return String(self[start..<end])
  }
}
