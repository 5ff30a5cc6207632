// Writing npy, npz and safetensors files.

import Archives
import Failures
import JSON
import Tensor
import TensorFile

/// Writes one column as a npy array.
/// - Parameter sink: called with the file's bytes in order.
/// - Throws: a usage failure if the rows have several columns, or a ragged one, which is not an array.
public func writeNpy(_ rows: any RowSource, to sink: ([UInt8]) throws -> Void) throws {
  let names = rows.schema.keys.sorted()
  guard names.count == 1 else {
    throw Failure.usage(
      "a npy file holds one array, the input has \(names.count) columns", at: "--column",
      remedy: names.isEmpty
        ? "write npz or safetensors" : "name one of \(names.joined(separator: ", ")), or write npz")
  }
  let flat = try FlatTensors(rows, includesSide: false).tensors
  guard flat.count == 1 else {
    throw Failure.usage(
      "column \(names[0]) is ragged, not an array", remedy: "write npz: values and lengths")
  }
  try writeArray(flat[0], rows, to: sink)
}

/// The name of the array in a npz archive that holds the metadata, as bytes of a JSON object.
let metadataName = "rnn.metadata"

/// Writes all columns and side tensors as a npz archive, its members stored; metadata as one more array.
public func writeNpz(_ rows: any RowSource, to sink: @escaping ([UInt8]) throws -> Void) throws {
  let zip = try ZipWriter(sink)
  for tensor in try FlatTensors(rows, includesSide: true).tensors + metadataTensor(rows.header) {
    let header = NpyHeader(type: NpyType(tensor.type), shape: tensor.shape)
    try zip.begin("\(tensor.name).npy", size: header.encoded.count + tensor.byteCount)
    try writeArray(tensor, rows) { try zip.write($0) }
  }
  try zip.finish()
}

private func metadataTensor(_ header: StreamHeader) -> [FlatTensor] {
  let texts = header.metadata.filter { !$0.value.isEmpty }
  guard !texts.isEmpty else { return [] }
  let bytes = Array(JSONValue.object(texts.mapValues { .string($0) }).text.utf8)
  return [FlatTensor(name: metadataName, type: .u8, shape: [bytes.count], origin: .given(Tensor(bytes)))]
}

private func writeArray(_ tensor: FlatTensor, _ rows: any RowSource, to sink: ([UInt8]) throws -> Void) throws
{
  try sink(NpyHeader(type: NpyType(tensor.type), shape: tensor.shape).encoded)
  try tensor.bytes(from: rows, sink)
}

/// Writes all columns, side tensors and metadata as one safetensors document
/// (https://github.com/huggingface/safetensors#format), padded to a multiple of 8.
public func writeSafetensors(_ rows: any RowSource, to sink: ([UInt8]) throws -> Void) throws {
  let tensors = try FlatTensors(rows, includesSide: true).tensors
  // Wide elements first, so that each tensor begins at a multiple of its element's size.
  let ordered = tensors.sorted { ($0.type.byteCount, $1.name) > ($1.type.byteCount, $0.name) }
  var fields: [String: JSONValue] = [:]
  var offset = 0
  for tensor in ordered {
    let end = offset + tensor.byteCount
    fields[tensor.name] = .object([
      "dtype": .string(tensor.type.rawValue), "shape": .array(tensor.shape.map { .integer(Int64($0)) }),
      "data_offsets": .array([.integer(Int64(offset)), .integer(Int64(end))]),
    ])
    offset = end
  }
  var metadata = rows.header.metadata.filter { !$0.value.isEmpty }
  if !rows.header.kind.isEmpty { metadata["rnn.format"] = "1" }
  if !metadata.isEmpty { fields["__metadata__"] = .object(metadata.mapValues { .string($0) }) }
  try sink(header(fields))
  for tensor in ordered { try tensor.bytes(from: rows, sink) }
}

private func header(_ fields: [String: JSONValue]) -> [UInt8] {
  var text = Array(JSONValue.object(fields).text.utf8)
  text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
  return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
}
