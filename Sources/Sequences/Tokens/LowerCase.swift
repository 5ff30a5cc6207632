// Lower case as in Python's `str.lower`: Unicode's full mapping of each scalar, and the final form of a
// capital sigma at the end of a word.

/// Maps scalars to lower case. Unicode properties are queried once for each block of 256 scalars that occurs.
struct LowerCase: Sendable {
  /// The entry of a scalar whose lower case is several scalars.
  private static let several: UInt32 = .max
  private static let pageSize: UInt32 = 0x100
  private static let pageCount: UInt32 = 0x100
  static let capitalSigma: UInt32 = 0x3A3
  private static let smallSigma: UInt32 = 0x3C3
  private static let finalSigma: UInt32 = 0x3C2

  /// The lower case of blocks of scalars; a block is empty until it is needed.
  private var pages = [[UInt32]](repeating: [], count: Int(pageCount))

  /// The lower case of a scalar in the first plane, if it is a single scalar; nil for others.
  mutating func single(_ scalar: UInt32) -> UInt32? {
    guard scalar < Self.pageSize * Self.pageCount else { return nil }
    let (page, index) = (Int(scalar / Self.pageSize), Int(scalar % Self.pageSize))
    if pages[page].isEmpty { fill(page) }
    let lower = pages[page][index]
    return lower == Self.several ? nil : lower
  }

  private mutating func fill(_ page: Int) {
    let first = UInt32(page) * Self.pageSize
    pages[page] = (first..<first + Self.pageSize).map { scalar in
      let lower = Self.mapping(scalar)
      return lower.count == 1 ? lower[0] : Self.several
    }
  }

  /// Replaces `scalars` with their lower case.
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

  /// Unicode's full lower case mapping of one scalar; surrogates are mapped to themselves.
  private static func mapping(_ value: UInt32) -> [UInt32] {
    guard let scalar = Unicode.Scalar(value), scalar.properties.changesWhenLowercased else { return [value] }
    return scalar.properties.lowercaseMapping.unicodeScalars.map(\.value)
  }

  /// Unicode's Final_Sigma condition: a cased letter before and none after, skipping case-ignorable scalars.
  private static func endsWord(_ scalars: [UInt32], _ position: Int) -> Bool {
    hasCase(scalars[..<position].reversed()) && !hasCase(scalars[(position + 1)...])
  }

  /// Whether the first scalar that is not case-ignorable is cased.
  private static func hasCase(_ scalars: some Sequence<UInt32>) -> Bool {
    let properties = scalars.lazy.compactMap { Unicode.Scalar($0)?.properties }
    return properties.first { !$0.isCaseIgnorable }?.isCased ?? false
  }
}
