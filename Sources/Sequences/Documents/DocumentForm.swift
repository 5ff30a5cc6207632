// A text as one long sequence of tokens, a document: a stream of kind `series` with one row per token, and the windows
// that are cut from it. `rnn.document` in the metadata says so, and how long the windows are.

import Failures
import JSON
import TensorFile

/// That a stream or a model is of a document, and the windows that it was cut into.
public struct DocumentForm: Sendable, Equatable {
  /// The longest window.
  public static let longest = 1_000_000
  /// The number of tokens in a window; nil before rnn-window.
  public var length: Int?
  /// Tokens between the starts of consecutive windows; nil before rnn-window.
  public var stride: Int?

  /// A document, uncut, or cut into windows.
  /// - Throws: `Failure` (usage) if a number is below 1 or above a million.
  public init(length: Int? = nil, stride: Int? = nil) throws(Failure) {
    (self.length, self.stride) = (length, stride)
    for (name, number) in [("--length", length), ("--stride", stride)] {
      guard let number, !(1...Self.longest).contains(number) else { continue }
      throw Failure.usage("\(number) is not between 1 and \(Self.longest)", at: name)
    }
  }

  /// Whether each window begins with the token after the last one of the window before, so that a network can carry its
  /// state from window to window.
  public var isContinuous: Bool { length != nil && length == stride }

  /// Reads `rnn.document`; nil if the stream has none.
  public init?(header: StreamHeader) throws {
    guard let object = try header.object(Self.key) else { return nil }
    do {
      try self.init(length: object["length"]?.int, stride: object["stride"]?.int)
    } catch { throw damagedMetadata(Self.key) }
  }

  /// Writes `rnn.document` = `{"length":256,"stride":256}`, and sets the kind of the stream.
  public func write(into header: inout StreamHeader) {
    var object: [String: JSONValue] = [:]
    if let length { object["length"] = .integer(Int64(length)) }
    if let stride { object["stride"] = .integer(Int64(stride)) }
    header.kind = length == nil ? "series" : "windows"
    header.metadata[Self.key] = JSONValue.object(object).text
  }

  private static let key = "rnn.document"
}

extension StreamHeader {
  /// Whether the rows of a document's windows follow each other without gaps, so that a network can carry its state from
  /// one row to the next: they weren't assigned to parts at random.
  public var hasContinuousRows: Bool {
    get throws {
      guard try DocumentForm(header: self)?.isContinuous == true else { return false }
      let split = try SplitMetadata(header: self)
      return split == nil || split?.method == "chronological"
    }
  }
}
