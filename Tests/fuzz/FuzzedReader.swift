// What can be fuzzed, by name.

/// A reader of data from outside.
struct FuzzedReader: Sendable {
  /// The name on the command line, and of its folder in fixtures/fuzz.
  let name: String
  /// Reads an input to its end.
  let read: @Sendable ([UInt8]) throws -> Void
}

/// All readers.
let readers =
  streamReaders + modelReaders + arrayReaders + tableReaders + textReaders + archiveReaders + networkReaders
  + [planted]

/// A reader with a fault, which the fuzzer must find: a number that can overflow, behind conditions that only coverage
/// leads through.
private let planted = FuzzedReader(name: "planted") { input in
  guard input.count > 4, input[0] == UInt8(ascii: "s"), input[1] == UInt8(ascii: "i") else { return }
  guard input[2] == UInt8(ascii: "z"), input[3] == UInt8(ascii: "e") else { return }
  var size: UInt8 = 250
  for byte in input.dropFirst(4) where byte == UInt8(ascii: "+") { size += 1 }
  if size == 0 { report("a size that can't be") }
}
