// Lower case as Python's `str.lower` has it, scalar by scalar: Unicode's full mapping, and a capital sigma
// that ends a word becomes a final one.

/// Maps scalars to lower case. The first use of `shared` makes a table of 256 KiB.
struct LowerCase: Sendable {
  static let shared = LowerCase()

  /// What the table holds for a scalar that becomes several.
  private static let several: UInt32 = .max
  private static let tableSize: UInt32 = 0x10000
  static let capitalSigma: UInt32 = 0x3A3
  private static let smallSigma: UInt32 = 0x3C3
  private static let finalSigma: UInt32 = 0x3C2

  private let table: [UInt32]

  private init() {
    table = (0..<Self.tableSize).map { scalar in
      let lower = Self.mapping(scalar)
      return lower.count == 1 ? lower[0] : Self.several
    }
  }

  /// The lower case of a scalar that the table has as one; nil for others.
  func single(_ scalar: UInt32) -> UInt32? {
    guard scalar < Self.tableSize, table[Int(scalar)] != Self.several else { return nil }
    return table[Int(scalar)]
  }

  /// Replaces `scalars` by their lower case.
  func apply(to scalars: inout [UInt32]) {
    let original = scalars
    scalars.removeAll(keepingCapacity: true)
    for (position, scalar) in original.enumerated() {
      if scalar == Self.capitalSigma {
        scalars.append(Self.endsWord(original, position) ? Self.finalSigma : Self.smallSigma)
      } else if let lower = single(scalar) {
        scalars.append(lower)
      } else {
        scalars.append(contentsOf: Self.mapping(scalar))
      }
    }
  }

  /// Unicode's full lower case of one scalar; a surrogate's code is its own.
  private static func mapping(_ value: UInt32) -> [UInt32] {
    guard let scalar = Unicode.Scalar(value), scalar.properties.changesWhenLowercased else { return [value] }
    return scalar.properties.lowercaseMapping.unicodeScalars.map(\.value)
  }

  /// Unicode's Final_Sigma: a cased letter before and none after, signs that case ignores left aside.
  private static func endsWord(_ scalars: [UInt32], _ position: Int) -> Bool {
    hasCase(scalars[..<position].reversed()) && !hasCase(scalars[(position + 1)...])
  }

  /// Whether the first scalar that case doesn't ignore has case.
  private static func hasCase(_ scalars: some Sequence<UInt32>) -> Bool {
    let properties = scalars.lazy.compactMap { Unicode.Scalar($0)?.properties }
    return properties.first { !$0.isCaseIgnorable }?.isCased ?? false
  }
}
