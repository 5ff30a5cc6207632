// The outputs of a run.

import Failures
import OperatingSystem
import PictureOrigins
import Registry
import SystemPackage
import TensorFile

extension StageRun {
  /// A tensor stream to `path` (nil or `-`: standard output). A file is created atomically in `finish()`.
  /// - Parameters:
  ///   - header: the metadata and side tensors of the stream.
  ///   - level: zstd's compression level.
  ///   - threads: the maximum number of threads.
  /// - Throws: `Failure`: standard output is a terminal (usage), or the file can't be created.
  public func writer(
    _ path: String?, header: StreamHeader, level: Int32 = 1, threads: Int = Processors.available
  ) throws -> OutputStream {
    let file = try openOutput(path, binary: true, hashesBytes: false, onFinish: { _ in })
    let recording = recording
    return OutputStream(
      file, header: header, level: level, threads: threads, provenance: { [self] in provenance(of: header) }
    ) { artifact in
      recording.note(output: artifact, path: file.path)
    }
  }

  /// The origin of an output, whose rows have been written. A model is never a shard.
  private func provenance(of header: StreamHeader) -> Provenance {
    Provenance(
      run: id, stage: stage, version: rnnpipeVersion, host: hostName(),
      shard: header.kind == "model" ? nil : outputShard)
  }

  /// A file of plain bytes (CSV, a picture, text) at `path` (nil or `-`: standard output).
  /// - Parameters:
  ///   - binary: whether a terminal is rejected.
  ///   - isColored: whether text for a terminal contains colors; control characters in all its other parts must have
  ///     been escaped with `printable`, while those of other text are escaped here.
  public func file(_ path: String?, binary: Bool = false, isColored: Bool = false) throws -> OutputFile {
    let recording = recording
    return try openOutput(path, binary: binary, isColored: isColored) { file in
      let kind = file.path.flatMap(fileExtension) ?? "text"
      recording.note(
        output: Artifact(hash: file.sha256, kind: kind, bytes: file.bytesWritten), path: file.path)
    }
  }

  /// Writes a picture to `path` (nil or `-`: standard output), with this run's id in its metadata. It is recorded by the
  /// hash of what was drawn, so that the same picture has the same hash.
  public func write(picture: [UInt8], to path: String?) throws {
    let file = try file(path, binary: true)
    try file.write(StampedPicture(picture, run: id).file ?? picture, hashedAs: picture)
    try file.finish()
  }

  /// Replaces a file's contents atomically, for checkpoints; not recorded as an output.
  public func replaceFile(_ path: String, with bytes: [UInt8]) throws {
    let file = try OutputFile(path, hashesBytes: false, isResult: false)
    try file.write(bytes)
    try file.finish()
  }

  /// Rejects, before any work, an output that can't be created, binary data for a terminal, and a name whose ending
  /// promises something else.
  /// - Parameters:
  ///   - isBinary: whether the output is not text.
  ///   - content: what the output holds.
  /// - Throws: `Failure`: of kind `cantCreate` if the file can't be created, `usage` for a terminal or a name.
  public func checkOutput(_ path: String?, isBinary: Bool = true, holds content: OutputContent = .stream)
    throws
  {
    if isBinary { try refuseTerminal(path) }
    try OutputFile.check(path)
    try content.check(filePath(path))
  }

  private func refuseTerminal(_ path: String?) throws {
    guard filePath(path) == nil, StandardStreams.outputIsTerminal else { return }
    throw Failure.usage(
      "standard output is a terminal", remedy: "name a file with -o FILE, or pipe the output")
  }

  private func openOutput(
    _ path: String?, binary: Bool, hashesBytes: Bool = true, isColored: Bool = false,
    onFinish: @escaping (OutputFile) -> Void
  ) throws -> OutputFile {
    if binary { try refuseTerminal(path) }
    return try OutputFile(path, hashesBytes: hashesBytes, isColored: isColored, onFinish: onFinish)
  }
}
