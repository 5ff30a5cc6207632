// The largest values and weights that an architecture may have. They are far beyond the memory of any computer, but their
// sizes in bytes, and those of a batch, can be computed.

import Failures

/// The product of sizes; nil if it is larger than `limit`.
private func product(_ sizes: [Int], atMost limit: Int) -> Int? {
  var result = 1
  for size in sizes {
    let (next, isTooLarge) = result.multipliedReportingOverflow(by: size)
    guard !isTooLarge, next <= limit else { return nil }
    result = next
  }
  return result
}

private func text(_ sizes: [Int]) -> String { sizes.map { "\($0)" }.joined(separator: " x ") }

extension ValueShape {
  /// Throws `Failure` (usage) if a row has more than 2^34 numbers, or more than 2^24 steps.
  func checkSize(of what: String) throws {
    guard product(extents, atMost: 1 << 34) == nil || steps ?? 0 > 1 << 24 else { return }
    throw Failure.usage(
      "\(what): a row of \(text(extents)) numbers is too large", remedy: "use fewer units or steps")
  }
}

extension WeightSpec {
  /// Throws `Failure` (usage) if the weight has more than 2^40 numbers.
  func checkSize(of what: String) throws {
    guard product(shape, atMost: 1 << 40) == nil else { return }
    throw Failure.usage(
      "\(what): a weight of \(text(shape)) numbers is too large", remedy: "use fewer units")
  }
}
