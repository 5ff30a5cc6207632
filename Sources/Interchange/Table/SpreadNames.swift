// Column names that number the elements of a multidimensional column.

/// Groups names such as `x.0`, `x.1` if none is missing and they are in order.
struct SpreadNames {
  /// Each column's name, row shape and table columns.
  private(set) var columns: [(name: String, shape: [Int], indices: [Int])] = []

  init(_ names: [String]) {
    let parts = names.map(SpreadNames.parts)
    let last = Dictionary(zip(parts.map(\.base), names.indices)) { $1 }
    var taken: Set<String> = []
    var start = 0
    while start < names.count {
      let base = parts[start].base
      let end = parts[(start + 1)...].firstIndex { $0.base != base } ?? names.count
      let shape = parts[start].indices.isEmpty ? nil : SpreadNames.shape(parts[start..<end].map(\.indices))
      if let shape, !taken.contains(base), last[base] == end - 1 {
        columns.append((base, shape, Array(start..<end)))
        taken.insert(base)
      } else {
        for index in start..<end { columns.append((names[index], [], [index])) }
        taken.formUnion(names[start..<end])
      }
      start = end
    }
  }

  /// The maximum number of indices in a name; a row has at most seven dimensions.
  private static let mostIndices = 7

  /// `x.3.1` is `x` and 3, 1.
  private static func parts(_ name: String) -> (base: String, indices: [Int]) {
    let words = name.split(separator: ".", omittingEmptySubsequences: false)
    let digits = words.dropFirst().reversed().prefix { word in
      !word.isEmpty && word.count < 7 && word.utf8.allSatisfy { (48...57).contains($0) }
        && (word == "0" || word.first != "0")
    }
    guard digits.count <= mostIndices else { return (name, []) }
    let count = words.count - digits.count
    return (words[..<count].joined(separator: "."), words[count...].compactMap { Int($0) })
  }

  /// The shape whose indices, last one fastest, are these; nil if there is none.
  private static func shape(_ tuples: [[Int]]) -> [Int]? {
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
