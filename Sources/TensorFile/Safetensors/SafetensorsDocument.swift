// A safetensors document in memory: named tensors and metadata, decoded from bytes and encoded to bytes.
// Format: https://github.com/huggingface/safetensors#format

import Failures
import JSON
import Tensor

/// Named tensors and string metadata, the contents of one safetensors document.
public struct SafetensorsDocument: Sendable, Equatable {
  /// The strings under `__metadata__`.
  public var metadata: [String: String]
  /// The tensors by name.
  public var tensors: [String: Tensor]

  /// A document of `tensors` and metadata.
  public init(tensors: [String: Tensor], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Parses a whole document. F16 and BF16 are read as F32, BOOL as U8, narrower integers as I32 or I64.
  /// - Throws: `Failure.data` if the bytes are not a valid document or an element type is not supported.
  public init(parsing bytes: [UInt8], limits: StreamLimits = .model) throws(Failure) {
    var assembly = DocumentAssembly(limits: limits)
    try assembly.append(bytes)
    self.init(try assembly.finish())
  }

  init(_ document: EncodedDocument) {
    metadata = document.layout.metadata
    tensors = document.layout.entries.mapValues(document.tensor)
  }

  /// The document's bytes, which are the same for equal documents.
  public var encoded: [UInt8] {
    encodeSafetensors(
      tensors.map { name, tensor in
        TensorParts(
          name: name, type: StoredType(tensor.type), shape: tensor.shape,
          parts: [ElementsPart(tensor.elements)])
      }, metadata: metadata)
  }
}

/// A document's bytes, and the positions of its tensors.
struct EncodedDocument {
  let bytes: [UInt8]
  let layout: SafetensorsLayout

  /// The tensor of an entry in the layout.
  func tensor(_ entry: SafetensorsLayout.Entry) -> Tensor {
    Tensor(shape: entry.shape, elements: entry.type.elements(bytes, entry.range))
  }
}

/// A tensor to be encoded, whose elements may be in several parts.
struct TensorParts {
  let name: String
  let type: StoredType
  let shape: [Int]
  let parts: [ElementsPart]

  var byteCount: Int { parts.reduce(0) { $0 + $1.range.count * $1.elements.type.byteCount } }
}

/// A document of `tensors`. The widest elements come first, so that each tensor is aligned to its elements.
func encodeSafetensors(_ tensors: [TensorParts], metadata: [String: String]) -> [UInt8] {
  let ordered = tensors.sorted {
    $0.type.byteCount != $1.type.byteCount
      ? $0.type.byteCount > $1.type.byteCount : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
  }
  let header = safetensorsHeader(ordered, metadata: metadata)
  var bytes: [UInt8] = []
  bytes.reserveCapacity(SafetensorsLayout.prefix + header.count + ordered.reduce(0) { $0 + $1.byteCount })
  bytes.append(number: UInt64(header.count))
  bytes += header
  for tensor in ordered { for part in tensor.parts { part.append(to: &bytes) } }
  return bytes
}

/// The header's JSON, padded with spaces so that the data begins at a multiple of eight bytes.
private func safetensorsHeader(_ tensors: [TensorParts], metadata: [String: String]) -> [UInt8] {
  var members: [String: JSONValue] = [:]
  if !metadata.isEmpty { members["__metadata__"] = .object(metadata.mapValues { .string($0) }) }
  var offset = 0
  for tensor in tensors {
    let end = offset + tensor.byteCount
    members[tensor.name] = [
      "dtype": .string(tensor.type.rawValue), "shape": .array(tensor.shape.map { .integer(Int64($0)) }),
      "data_offsets": [.integer(Int64(offset)), .integer(Int64(end))],
    ]
    offset = end
  }
  let json = Array(JSONValue.object(members).text.utf8)
  return json + [UInt8](repeating: UInt8(ascii: " "), count: -json.count & 7)
}
