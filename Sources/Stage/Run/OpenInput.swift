// An input of a run, and its entry in the registry.

import Hashing
import OperatingSystem
import Registry
import TensorFile

/// An input with its stream reader, if any.
final class OpenInput {
  let file: InputFile
  let position: Int
  var reader: TensorReader?
  /// The runs that produced the stream, if they are known without reading it to its end.
  var provenance: [Provenance]?
  /// The digest of the documents so far.
  let documents = BackgroundDigest(usesThread: Processors.available > 1)
  private var documentHash: String?

  init(_ file: InputFile, position: Int) {
    self.file = file
    self.position = position
  }

  /// The hash of the data, if all of it has been read; for a stream, that of its documents.
  var hash: String? {
    guard let reader else { return file.sha256 }
    // The digest has been loaded if documents were hashed, so this can't throw.
    if documentHash == nil, reader.isAtEnd { documentHash = try? hexadecimal(documents.finish()) }
    return documentHash
  }

  /// Its entry in the registry, as far as known.
  var record: RunInput {
    let path = file.path.map(absolutePath)
    guard let reader else {
      let kind = file.path.flatMap(fileExtension) ?? "text"
      return RunInput(Artifact(hash: hash, kind: kind, bytes: file.bytesRead), path: path)
    }
    let artifact = Artifact(
      hash: hash, kind: reader.header.kind, rows: reader.isAtEnd ? reader.rowsRead : nil,
      bytes: file.bytesRead, columns: describeColumns(reader.schema))
    let upstreams = (provenance ?? reader.provenance).map {
      Upstream(run: $0.run, stage: $0.stage, host: $0.host)
    }
    return RunInput(artifact, upstreams: upstreams, path: path)
  }
}
