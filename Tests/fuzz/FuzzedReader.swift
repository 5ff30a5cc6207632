// What can be fuzzed, by name.

/// A reader of data from outside.
struct FuzzedReader: Sendable {
  /// The name on the command line, and of its folder in fixtures/fuzz.
  let name: String
  /// Reads an input to its end.
  let read: @Sendable ([UInt8]) throws -> Void
}

/// Thrown for bytes that are no input, such as a response that would lead to another server.
struct NotAnInput: Error {}

/// All readers.
let readers =
  streamReaders + modelReaders + arrayReaders + tableReaders + textReaders + archiveReaders + networkReaders
