// A file as the registry knows data: by its hash, and by the runs that a stream names.

import Registry
import Stage
import TensorFile

/// The properties of a file.
struct FileSummary {
  let hash: String
  let kind: String
  let rows: Int?
  let provenance: [Provenance]

  /// Reads the whole file, and verifies it if it is a stream.
  init(reading path: String, _ run: StageRun) throws {
    var source = try run.rawSource(path)
    if try run.isStream(&source) {
      let reader = try run.reader(source, named: path, limits: .model)
      while try reader.next() != nil {}
      (kind, rows, provenance) = (reader.header.kind, reader.rowsRead, reader.provenance)
      hash = run.hash(of: reader) ?? ""
    } else {
      while try !source.read(upTo: 1 << 20).isEmpty {}
      (kind, rows, provenance) = ("file", nil, [])
      hash = run.hash(ofInput: path) ?? ""
    }
  }

  func line(name: String) -> String {
    "\(printable(name)): " + Words.artifact(Artifact(hash: hash, kind: kind, rows: rows), path: nil)
  }
}
