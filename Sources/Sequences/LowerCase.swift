// Lower case as Python's `str.lower` has it, scalar by scalar: Unicode's full mapping, and a capital sigma
// that ends a word becomes a final one.

/// Maps scalars to lower case. Unicode is asked once for each block of 256 scalars that text has any of.
struct LowerCase: Sendable {
  /// What a page holds for a scalar that becomes several.
  private static let several: UInt32 = .max
  private static let pageSize: UInt32 = 0x100
  private static let pageCount: UInt32 = 0x100
  static let capitalSigma: UInt32 = 0x3A3
  private static let smallSigma: UInt32 = 0x3C3
  private static let finalSigma: UInt32 = 0x3C2

  /// The lower case of blocks of scalars, empty until one is asked for.
  private var pages = [[UInt32]](repeating: [], count: Int(pageCount))

  /// The lower case of a scalar of the first plane that becomes one; nil for others.
  mutating func single(_ scalar: UInt32) -> UInt32? {
    guard scalar < Self.pageSize * Self.pageCount else { return nil }
    let (page, place) = (Int(scalar / Self.pageSize), Int(scalar % Self.pageSize))
    if pages[page].isEmpty { fill(page) }
    let lower = pages[page][place]
    return lower == Self.several ? nil : lower
  }

  private mutating func fill(_ page: Int) {
    let first = UInt32(page) * Self.pageSize
    pages[page] = (first..<first + Self.pageSize).map { scalar in
      let lower = Self.mapping(scalar)
      return lower.count == 1 ? lower[0] : Self.several
    }
  }

  /// Replaces `scalars` by their lower case.
  mutating func apply(to scalars: inout [UInt32]) {
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
