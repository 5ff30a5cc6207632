// The sizes that a vocabulary may be limited to.

import ArgumentParser

/// The size of a vocabulary as an option.
enum VocabularySize {
  /// Throws if a vocabulary can't have this size, or none with tokens besides the `reserved` ids can.
  static func check(_ size: Int?, _ option: String, reserved: Int) throws {
    guard let size else { return }
    guard size > reserved else {
      throw ValidationError("\(option) must be at least \(reserved + 1): ids below \(reserved) are reserved")
    }
    guard size <= Int32.max else { throw ValidationError("\(option) \(size) is more than \(Int32.max)") }
  }
}
