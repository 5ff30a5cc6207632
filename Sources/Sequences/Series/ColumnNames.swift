// Looking up columns by name.

import Failures
import Spelling

extension [String] {
  /// The index of each of `names` in this list of columns. Throws `Failure(.data)` if one is missing.
  func indices(of names: [String]) throws(Failure) -> [Int] {
    let positions = positions
    var indices: [Int] = []
    for name in names { indices.append(try index(ofColumn: name, positions)) }
    return indices
  }

  /// The position of each name; of equal names, the first.
  var positions: [String: Int] { Dictionary(zip(self, indices)) { first, _ in first } }

  /// The names in their order, each once.
  var unique: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }

  /// The names that are not among `others`.
  func subtracting(_ others: [String]) -> [String] {
    let others = Set(others)
    return filter { !others.contains($0) }
  }

  /// The index of the column `name`. Throws `Failure(.data)` if it is missing.
  /// - Parameter positions: the positions of all columns, if many are looked up.
  func index(ofColumn name: String, _ positions: [String: Int]? = nil) throws(Failure) -> Int {
    if let index = positions.map({ $0[name] }) ?? firstIndex(of: name) { return index }
    let remedy = suggestion(for: name, among: Array(self), listedAs: "the columns are")
    throw Failure.data("there is no column \(name)", remedy: remedy)
  }
}
