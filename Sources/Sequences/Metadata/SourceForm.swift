// How the file was written that a stream was made from, so that later files of its kind are read in the same way.

import Failures
import JSON
import TensorFile

/// The form of a source file (`rnn.source`), as far as it isn't told by each file itself.
public struct SourceForm: Sendable, Equatable {
  /// The encoding that the user named; nil for UTF-8, and for files that begin with a byte order mark.
  public var encoding: String?

  /// - Parameter encoding: the encoding that the user named.
  public init(encoding: String? = nil) { self.encoding = encoding }

  /// Reads `rnn.source`; nil if the stream has none.
  public init?(header: StreamHeader) throws {
    guard let object = try header.object("rnn.source") else { return nil }
    encoding = object["encoding"]?.string
  }

  /// Writes `rnn.source` = `{"encoding":"gb18030"}`; nothing if there is nothing to say.
  public func write(into header: inout StreamHeader) {
    var object: [String: JSONValue] = [:]
    if let encoding { object["encoding"] = .string(encoding) }
    header.metadata["rnn.source"] = object.isEmpty ? nil : JSONValue.object(object).text
  }
}
