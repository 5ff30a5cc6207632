// What is asked about all rows before training: how many targets are of some kind, whether they are all the same, the largest id.

import Networks

extension RowSet {
  /// How many values the targets of an output have in all, and how many of them satisfy a condition.
  public func count(ofTargets output: Int, where condition: (Float) -> Bool) throws -> (all: Int, such: Int) {
    var (all, such) = (0, 0)
    try forEachBlock { data, _ in
      all += data.targets[output].values.count
      such += data.targets[output].values.count(where: condition)
    }
    return (all, such)
  }

  /// The value that all targets of an output have; nil if they differ, or there are none.
  public func commonTarget(ofOutput output: Int) throws -> Float? {
    guard case let values = try firstBlock().targets[output].values, let first = values.first,
      values.allSatisfy({ $0 == first })
    else { return nil }
    let (all, such) = try count(ofTargets: output) { $0 == first }
    return all == such ? first : nil
  }

  /// The largest token id of an input; nil if the input is no token ids, or there are no rows.
  func largestToken(ofInput input: Int) throws -> Int32? {
    var largest: Int32?
    try forEachBlock { data, _ in
      guard case .tokens(let ids) = data.inputs[input], let own = ids.max() else { return }
      largest = max(largest ?? own, own)
    }
    return largest
  }
}
