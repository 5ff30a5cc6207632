// Files that are not text, recognized by their first bytes: read as text, they would result in garbage or a confusing
// error.

import ByteStreams
import Failures

/// A kind of file that may be mistaken for text.
private struct BinaryFormat {
  let mark: [UInt8]
  let name: String
  let remedy: String
}

private let binaryFormats = [
  BinaryFormat(
    mark: [0x50, 0x4B, 3, 4], name: "a zip archive or an Excel workbook",
    remedy: "unzip it, or save the sheet as CSV"),
  BinaryFormat(
    mark: [0xD0, 0xCF, 0x11, 0xE0], name: "an old Excel or Word file", remedy: "save the sheet as CSV"),
  BinaryFormat(mark: Array("%PDF-".utf8), name: "a PDF file", remedy: "extract its text first"),
  BinaryFormat(mark: Array("PAR1\u{15}".utf8), name: "a Parquet file", remedy: "write it as CSV first"),
  BinaryFormat(
    mark: [0x93] + Array("NUMPY".utf8), name: "a NumPy array", remedy: "convert it with rnn-convert"),
  BinaryFormat(mark: [0x89] + Array("HDF".utf8), name: "an HDF5 file", remedy: "write it as CSV first"),
  BinaryFormat(mark: [0x89] + Array("PNG".utf8), name: "a picture", remedy: "give a text file"),
  BinaryFormat(mark: [0x7F] + Array("ELF".utf8), name: "a program", remedy: "give a text file"),
  BinaryFormat(
    mark: Array("SQLite format 3\0".utf8), name: "an SQLite database", remedy: "write a table as CSV first"),
]

/// Throws `Failure` (data) if a source, whose bytes are not consumed, begins like a file that is not text.
func refuseBinary(_ source: inout PeekedSource, named name: String) throws {
  for format in binaryFormats where try source.begins(with: format.mark) {
    throw Failure.data("is \(format.name), not text", at: name, remedy: format.remedy)
  }
}
