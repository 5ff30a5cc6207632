// A row of plain text with its label.

/// A row of text and its label, parsed from a line.
struct TextRecord {
  /// The class of a row.
  enum Label: Equatable {
    /// A class name.
    case name(String)
    /// A class id.
    case id(Int)
  }

  var label: Label?
  var text: ArraySlice<UInt8>
}
