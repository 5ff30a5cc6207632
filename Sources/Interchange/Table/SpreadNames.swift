// Column names that number the elements of a multidimensional column.

/// Groups names such as `x.0`, `x.1` if none is missing and they are in order.
struct SpreadNames {
  /// Each column's name, row shape and table columns.
  private(set) var columns: [(name: String, shape: [Int], indices: [Int])] = []

  init(_ names: [String]) {
    var start = 0
    while start < names.count {
      let end = SpreadNames.end(of: names, from: start)
      let (base, indices) = SpreadNames.parts(names[start])
      if let shape = indices.isEmpty ? nil : SpreadNames.shape(names[start..<end]),
        !columns.contains(where: { $0.name == base }),
        !names[end...].contains(where: { SpreadNames.parts($0).base == base })
      {
        columns.append((base, shape, Array(start..<end)))
      } else {
        for index in start..<end { columns.append((names[index], [], [index])) }
      }
      start = end
    }
  }

  /// The end of the run of names with the same base.
  private static func end(of names: [String], from start: Int) -> Int {
    let base = parts(names[start]).base
    return names[(start + 1)...].firstIndex { parts($0).base != base } ?? names.count
  }

  /// `x.3.1` is `x` and 3, 1.
  private static func parts(_ name: String) -> (base: String, indices: [Int]) {
    let words = name.split(separator: ".", omittingEmptySubsequences: false)
    let digits = words.dropFirst().reversed().prefix { word in
      !word.isEmpty && word.count < 7 && word.utf8.allSatisfy { (48...57).contains($0) }
        && (word == "0" || word.first != "0")
    }
    let count = words.count - digits.count
    return (words[..<count].joined(separator: "."), words[count...].compactMap { Int($0) })
  }

  /// The shape whose indices, last one fastest, are those of `names`; nil if there is none.
  private static func shape(_ names: ArraySlice<String>) -> [Int]? {
    let tuples = names.map { parts($0).indices }
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
