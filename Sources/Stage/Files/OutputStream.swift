// Writing a tensor stream, hashing it, and adding its provenance.

import Failures
import Hashing
import JSON
import Registry
import Tensor
import TensorFile

/// An output of chunks. Nothing is published before `finish()`.
public final class OutputStream {
  private let file: OutputFile
  private let writer: TensorWriter
  private let provenance: () -> Provenance
  private let header: StreamHeader
  private let documents: BackgroundDigest
  private let onFinish: (Artifact) -> Void
  private var isFinished = false

  init(
    _ file: OutputFile, header: StreamHeader, level: Int32, threads: Int,
    provenance: @escaping () -> Provenance,
    onFinish: @escaping (Artifact) -> Void
  ) {
    self.file = file
    self.header = header
    self.provenance = provenance
    self.onFinish = onFinish
    documents = BackgroundDigest(usesThread: threads > 1)
    writer = TensorWriter(file, header: header, level: level, threads: threads)
    let documents = documents
    writer.onDocument = { try documents.update($0) }
  }

  /// The number of rows written so far.
  public var rowsWritten: Int { writer.rowsWritten }

  /// Appends a chunk's rows.
  /// - Throws: `ClosedPipe` if the reader has closed the pipe, `Failure` if the chunk doesn't match earlier ones
  ///   or writing fails.
  public func write(_ chunk: Chunk) throws {
    do {
      try writer.write(chunk)
    } catch let failure as Failure {
      throw failure.placed(at: file.name)
    }
  }

  /// Writes the end mark, publishes the file, and records the output in the registry.
  public func finish() throws {
    guard !isFinished else { return }
    isFinished = true
    try writer.finish(provenance())
    try file.finish()
    onFinish(
      Artifact(
        hash: hexadecimal(try documents.finish()), kind: header.kind, rows: writer.rowsWritten,
        bytes: file.bytesWritten,
        columns: describeColumns(writer.schema)))
  }
}

/// The columns as JSON text for the registry: `{"text":"U8 ragged","x":"F32[50,1]"}`.
func describeColumns(_ schema: [String: ColumnSchema]) -> String {
  let columns = schema.mapValues { column in
    let shape = column.rowShape.isEmpty ? "" : "[\(column.rowShape.map(String.init).joined(separator: ","))]"
    return JSONValue.string("\(column.type.rawValue)\(shape)\(column.isRagged ? " ragged" : "")")
  }
  return JSONValue.object(columns).text
}
