// An event file that grows while a run goes on.

import Failures
import Foundation
import OperatingSystem

/// Writes the events of a run to a file in a log directory.
public final class EventFileLog: RunDestination {
  private let directory: String
  private let run: TrackedStart
  private let resumed: ResumedRun?
  private var file: OpenFile?
  private var size = 0

  /// - Parameter resumed: the run that this one continues, whose folder it then shares.
  public init(directory: String, run: TrackedStart, resuming resumed: ResumedRun?) {
    (self.directory, self.run, self.resumed) = (directory, run, resumed)
  }

  /// Creates the directory, before any work is done.
  /// - Throws: `Failure` of kind `cantCreate`.
  public static func prepare(_ directory: String) throws(Failure) {
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw Failure(.cantCreate, "the folder can't be created", at: directory)
    }
    guard FileManager.default.isWritableFile(atPath: directory) else {
      throw Failure(.cantCreate, "the folder can't be written", at: directory)
    }
  }

  /// Any number: a file is quick.
  public var mostValues: Int { .max }
  /// Writing costs little.
  public var interval: Double { 0.1 }

  /// Appends all that is new in one piece; after a failure, the file is as it was before.
  public func send(_ part: RunPart) throws(DeliveryError) {
    do throws(Failure) {
      let file = try opened(part)
      var bytes: [UInt8] = []
      for (step, values) in part.steps { bytes += Event.scalars(step: step, values) }
      if let end = part.end { bytes += Event.end(end) + Event.sessionStop(time: end.time) }
      try append(bytes, to: file)
    } catch {
      throw DeliveryError(error, isTransient: true)
    }
  }

  private func opened(_ part: RunPart) throws(Failure) -> OpenFile {
    if let file { return file }
    var folders = try EventFolders(directory)
    let name = resumed.flatMap { folders.liveFile(of: $0.id)?.folder } ?? folders.name(for: run)
    try Self.prepare("\(directory)/\(name)")
    let time = part.metrics.first?.time ?? part.end?.time ?? run.time
    let path = "\(directory)/\(name)/\(EventFile.name(of: run, time: time))"
    let opened = try OpenFile(writing: path, truncating: true)
    var bytes = Event.fileVersion(time: time)
    if let resumed { bytes += Event.sessionStart(step: resumed.firstStep, time: time) }
    try append(bytes + Event.parameters(part.parameters, of: run, time: time), to: opened)
    file = opened
    return opened
  }

  private func append(_ bytes: [UInt8], to file: OpenFile) throws(Failure) {
    do throws(Failure) {
      try bytes.withUnsafeBytes { bytes in Result { () throws(Failure) in try file.write(bytes) } }.get()
      size += bytes.count
    } catch {
      try? file.truncate(to: size)
      throw error
    }
  }
}
