// The form of the file that a stream was made from, so that later files of its kind are read in the same way.

import Failures
import JSON
import TensorFile

/// The form of a source file (`rnn.source`), as far as it can't be detected from each file.
public struct SourceForm: Sendable, Equatable {
  /// The encoding that the user named; nil for UTF-8, and for files that begin with a byte order mark.
  public var encoding: String?
  /// The columns with the text; nil if the file has no columns.
  public var textColumns: [String]?
  /// The column with the label; nil if there is none.
  public var labelColumn: String?
  /// The separator between several labels of a row; nil if there is none.
  public var labelSeparator: String?
  /// Whether the first line of a table names the columns, as the user said; nil if nothing was said.
  public var hasHeader: Bool?

  /// - Parameters:
  ///   - encoding: the encoding that the user named.
  ///   - textColumns: the columns with the text.
  ///   - labelColumn: the column with the label.
  public init(encoding: String? = nil, textColumns: [String]? = nil, labelColumn: String? = nil) {
    (self.encoding, self.textColumns, self.labelColumn) = (encoding, textColumns, labelColumn)
  }

  /// Reads `rnn.source`; nil if the stream has none.
  public init?(header: StreamHeader) throws {
    guard let object = try header.object("rnn.source") else { return nil }
    encoding = object["encoding"]?.string
    textColumns = object["text"]?.strings
    labelColumn = object["label"]?.string
    labelSeparator = object["label_separator"]?.string
    hasHeader = object["header"]?.bool
  }

  /// Writes `rnn.source` = `{"encoding":"gb18030","label":"sentiment","text":["review"]}`; nothing if there is nothing to say.
  public func write(into header: inout StreamHeader) {
    var object: [String: JSONValue] = [:]
    if let encoding { object["encoding"] = .string(encoding) }
    if let textColumns { object["text"] = .strings(textColumns) }
    if let labelColumn { object["label"] = .string(labelColumn) }
    if let labelSeparator { object["label_separator"] = .string(labelSeparator) }
    if let hasHeader { object["header"] = .bool(hasHeader) }
    header.metadata["rnn.source"] = object.isEmpty ? nil : JSONValue.object(object).text
  }
}
