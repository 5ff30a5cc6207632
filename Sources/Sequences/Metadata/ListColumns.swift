// Columns of text whose rows are lists, such as the labels of a row in JSON Lines: the items of a row are one text.

import JSON
import TensorFile

/// The columns whose text is a list (`rnn.lists`).
public struct ListColumns: Sendable, Equatable {
  /// Between the items of a row: U+001F, the unit separator of ASCII, which doesn't occur in ordinary text.
  public static let separator = "\u{1F}"
  private static let key = "rnn.lists"

  /// The names of the columns.
  public var names: Set<String> = []

  /// These columns.
  public init(_ names: Set<String> = []) { self.names = names }

  /// Reads `rnn.lists`; no columns if the stream has none.
  public init(header: StreamHeader) throws {
    names = Set(try header.names(Self.key) ?? [])
  }

  /// Writes `rnn.lists` = `["label"]`; nothing if there are no such columns.
  public func write(into header: inout StreamHeader) {
    header.metadata[Self.key] = names.isEmpty ? nil : JSONValue.strings(names.sorted()).text
  }

  /// The items of each row of a column of lists.
  public static func rows(_ column: Ragged) -> [[String]] {
    let (bytes, offsets) = (column.values.values(as: UInt8.self) ?? [], column.offsets)
    guard bytes.count == offsets.last else { return [] }
    return zip(offsets, offsets.dropFirst()).map { items(String(decoding: bytes[$0..<$1], as: UTF8.self)) }
  }

  /// The items of a row; none in an empty text.
  public static func items(_ text: String) -> [String] {
    text.isEmpty ? [] : text.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
