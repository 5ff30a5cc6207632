// Chunks that are kept between two passes: in memory while they are small, otherwise in an unlinked temporary file,
// so that an input of any length can be processed twice in constant memory.

import OperatingSystem
import Tensor

/// Chunks, written once and read once.
public final class ChunkSpool {
  /// Chunks with the same columns in a file.
  private struct Part {
    let file: TemporaryFile
    let writer: TensorWriter
  }

  /// The number of rows appended.
  public private(set) var rows = 0
  private let memoryBytes: Int
  private var kept: [Chunk] = []
  private var keptBytes = 0
  private var parts: [Part] = []

  /// - Parameter memoryBytes: the number of bytes kept in memory before a file is used.
  public init(memoryBytes: Int = 1 << 23) { self.memoryBytes = memoryBytes }

  /// Appends rows; must not be called after reading.
  /// - Throws: `Failure` if they can't be stored: no temporary file can be created, or the disk is full.
  public func append(_ chunk: Chunk) throws {
    rows += chunk.rows
    let bytes = chunk.columns.values.reduce(0) { $0 + $1.byteCount }
    if parts.isEmpty, keptBytes + bytes <= memoryBytes {
      kept.append(chunk)
      keptBytes += bytes
    } else {
      try write(chunk)
    }
  }

  /// Calls `body` with all rows, in order, some at a time. Their memory is released along the way.
  public func drain(_ body: (Chunk) throws -> Void) throws {
    kept.reverse()
    while let chunk = kept.popLast() { try body(chunk) }
    try parts.last?.writer.finish(nil)
    parts.reverse()
    while let part = parts.popLast() {
      let reader = try TensorReader(part.file.source(), named: "the temporary file")
      while let chunk = try reader.next() { try body(chunk) }
    }
  }

  /// The file is written and read only once, so strong compression isn't worth it.
  private func write(_ chunk: Chunk) throws {
    if parts.last?.writer.schema != chunk.columns.mapValues(\.schema) {
      try parts.last?.writer.finish(nil)
      let file = try TemporaryFile()
      parts.append(
        Part(file: file, writer: TensorWriter(file, header: StreamHeader(kind: "spool"), level: -3)))
    }
    try parts.last?.writer.write(chunk)
  }
}

extension Column {
  /// The number of bytes of the elements and of the lengths of ragged rows.
  fileprivate var byteCount: Int {
    switch self {
    case .dense(let tensor): tensor.count * tensor.type.byteCount
    case .ragged(let ragged):
      ragged.values.count * ragged.values.type.byteCount + ragged.lengths.count * 4
    }
  }
}
