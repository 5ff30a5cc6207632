// The size of a picture in pixels.

/// Width and height in pixels.
public struct PictureSize: Sendable, Equatable {
  /// Pixels across.
  public let width: Int
  /// Pixels down.
  public let height: Int

  /// Any size; only `init(parsing:)` checks the limits.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Reads `1200x500`; nil if the text has another form or a side is outside 100 to 10,000 pixels.
  public init?(parsing text: String) {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1] else { return nil }
    guard (100...10_000).contains(width), (100...10_000).contains(height) else { return nil }
    self.init(width: width, height: height)
  }
}
