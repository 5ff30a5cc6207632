// What a stream says of itself if it is a shard: a part of its provenance, behind the data, so that the data of a shard, and
// of shards that are joined, name no shard.

import JSON

/// The shard that a stream is, and what was divided.
public struct ShardRecord: Sendable, Equatable {
  /// What an input was divided by.
  public enum Unit: String, Sendable {
    /// Rows of a stream, or of a file that is read to its end.
    case rows
    /// Bytes of a plain text file; a line is in the shard in which it begins.
    case bytes
    /// Windows of a series or a document.
    case windows
  }

  /// The shard.
  public let shard: Shard
  /// The number of things that were divided.
  public let total: Int
  /// What they are.
  public let unit: Unit

  /// A shard of `total` things.
  public init(_ shard: Shard, of total: Int, _ unit: Unit) {
    (self.shard, self.total, self.unit) = (shard, total, unit)
  }

  /// What is in it, of `total`.
  public var range: Range<Int> { shard.range(of: total) }

  /// Whether the next shard of the same input is `other`.
  func isFollowed(by other: ShardRecord) -> Bool {
    shard.index + 1 == other.shard.index && isSameDivision(as: other)
  }

  /// Whether both are shards of inputs that were divided alike.
  func isSameDivision(as other: ShardRecord) -> Bool {
    shard.count == other.shard.count && total == other.total && unit == other.unit
  }

  /// `shard 2 of 4`.
  public var text: String { "shard \(shard.index) of \(shard.count)" }

  /// `shard 2 of 4: rows 250 to 499 of 1000`, counted from 0.
  public var longText: String {
    range.isEmpty
      ? "\(text): none of \(total) \(unit.rawValue)"
      : "\(text): \(unit.rawValue) \(range.lowerBound) to \(range.upperBound - 1) of \(total)"
  }
}

extension ShardRecord {
  /// Its form in JSON.
  public var json: JSONValue {
    [
      "index": .integer(Int64(shard.index)), "count": .integer(Int64(shard.count)),
      "total": .integer(Int64(total)), "unit": .string(unit.rawValue),
    ]
  }

  /// Nil if `json` is not the form of a shard.
  init?(_ json: JSONValue) {
    guard let index = json["index"]?.int, let count = json["count"]?.int, let total = json["total"]?.int,
      total >= 0,
      let unit = json["unit"]?.string.flatMap(Unit.init(rawValue:)),
      let shard = Shard(index: index, of: count)
    else { return nil }
    self.init(shard, of: total, unit)
  }
}
