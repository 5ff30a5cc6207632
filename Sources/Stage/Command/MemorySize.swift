// A number of bytes on the command line.

import ArgumentParser

/// A number of bytes, with a unit that is a power of 1,024: `500M`, `8G`, `1.5GiB`. A small number without a unit is not what
/// it seems: `50` would be 50 bytes.
public struct MemorySize: ExpressibleByArgument {
  /// The number of bytes.
  public let bytes: Int

  /// Nil if `argument` is no such number.
  public init?(argument: String) {
    let digits = argument.prefix { $0.isNumber || $0 == "." }
    let name = argument.dropFirst(digits.count)
    guard let number = Double(digits), let unit = Self.unit(name), !name.isEmpty || number >= 0x1p20 else {
      return nil
    }
    let bytes = (number * unit).rounded()
    guard bytes >= 1, bytes < 0x1p62 else { return nil }
    self.bytes = Int(bytes)
  }

  private static func unit(_ text: Substring) -> Double? {
    switch text.lowercased() {
    case "", "b": 1
    case "k", "kb", "kib": 0x1p10
    case "m", "mb", "mib": 0x1p20
    case "g", "gb", "gib": 0x1p30
    case "t", "tb", "tib": 0x1p40
    default: nil
    }
  }
}
