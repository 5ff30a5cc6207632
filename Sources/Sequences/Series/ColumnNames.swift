// Looking up columns by name.

import Failures
import Spelling

extension [String] {
  /// The index of each of `names` in this list of columns. Throws `Failure(.data)` if one is missing.
  func indices(of names: [String]) throws(Failure) -> [Int] {
    var indices: [Int] = []
    for name in names { indices.append(try index(ofColumn: name)) }
    return indices
  }

  /// The index of the column `name`. Throws `Failure(.data)` if it is missing.
  func index(ofColumn name: String) throws(Failure) -> Int {
    if let index = firstIndex(of: name) { return index }
    let remedy = suggestion(for: name, among: Array(self), listedAs: "the columns are")
    throw Failure.data("there is no column \(name)", remedy: remedy)
  }
}
