// Whether numbers are numbers: NaN and infinities would pass through every later computation without a word.

extension Collection<Float> {
  /// Whether none of the numbers is NaN or infinite. Bits are compared rather than numbers, which vectorizes.
  public var areAllFinite: Bool {
    let exponent: UInt32 = 0x7F80_0000
    var found: UInt32 = 0
    for number in self { found |= number.bitPattern & exponent == exponent ? 1 : 0 }
    return found == 0
  }
}
