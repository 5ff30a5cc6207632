// The file with the rows of the mappings: written for all frameworks, and read.

import ByteStreams
import Failures
import Glibc
import SystemPackage
import Tensor
import TensorFile
import Training

/// The columns of the file.
struct MappingData {
  private let columns: [String: Column]

  /// Writes synthetic rows.
  static func write(to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw Failure(.cantCreate, "can't be created", at: path) }
    defer { close(descriptor) }
    var rows = MappingRows()
    let writer = TensorWriter(
      FileSink(FileDescriptor(rawValue: descriptor)), header: StreamHeader(kind: "padded"))
    try writer.write(Chunk(rows.columns()))
    try writer.finish(nil)
  }

  /// Reads all rows.
  init(path: String) throws {
    let archive = try TensorArchive(path: path)
    columns = try archive.rows(0..<archive.rows).columns
  }

  /// The ids of a column, padded: those of all rows.
  func ids(_ name: String) throws -> [Int32] {
    guard let ids: [Int32] = columns[name]?.tensor?.values() else {
      throw Failure.data("there are no ids", at: "column \(name)")
    }
    return ids
  }

  /// Ids as targets.
  func targets(_ name: String, steps: Int) throws -> DataSet.Targets {
    DataSet.Targets(try ids(name).map(Float.init), width: steps)
  }
}
