// A row of a text file with its label.

/// A row of text and its label.
struct TextRecord {
  /// The label of a row, as it is written.
  enum Label: Equatable {
    /// A name.
    case name(String)
    /// A number.
    case integer(Int64), number(Double)
    /// Any number of names.
    case several([String])
  }

  var label: Label?
  var text: ArraySlice<UInt8>
}

/// Rows of a text file, one after another.
protocol TextRecords {
  /// The line of the last row, from 1.
  var line: Int { get }
  /// Describes which columns were chosen, for the user; nil if there was no choice.
  var description: String? { get }
  /// The columns that were chosen; nil if the format has none.
  var columns: TextColumns? { get }
  /// The next row; nil after the last.
  mutating func next() throws -> TextRecord?
}

extension TextRecords {
  var description: String? { nil }
  var columns: TextColumns? { nil }
}
