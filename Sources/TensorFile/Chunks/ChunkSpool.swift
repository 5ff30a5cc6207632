// Chunks that are kept between two passes: in memory while they are small, otherwise in an unlinked temporary file,
// so that an input of any length can be processed twice in constant memory.

import OperatingSystem
import Tensor

/// Chunks with the same columns, written once and read once.
public final class ChunkSpool {
  /// The number of rows appended.
  public private(set) var rows = 0
  private let memoryBytes: Int
  private var kept: [Chunk] = []
  private var keptBytes = 0
  private var file: TemporaryFile?
  private var writer: TensorWriter?

  /// - Parameter memoryBytes: the number of bytes kept in memory before a file is used.
  public init(memoryBytes: Int = 1 << 27) { self.memoryBytes = memoryBytes }

  /// Appends rows; must not be called after reading.
  /// - Throws: `Failure` if they can't be stored: no temporary file can be created, or the disk is full.
  public func append(_ chunk: Chunk) throws {
    rows += chunk.rows
    let bytes = chunk.columns.values.reduce(0) { $0 + $1.byteCount }
    if file == nil, keptBytes + bytes <= memoryBytes {
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
    guard let file else { return }
    try writer?.finish(nil)
    writer = nil
    let reader = try TensorReader(file.source(), named: "the temporary file")
    while let chunk = try reader.next() { try body(chunk) }
  }

  /// The file is written and read only once, so strong compression isn't worth it.
  private func write(_ chunk: Chunk) throws {
    if writer == nil {
      let file = try TemporaryFile()
      self.file = file
      writer = TensorWriter(file, header: StreamHeader(kind: "spool"), level: -3)
    }
    try writer?.write(chunk)
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
