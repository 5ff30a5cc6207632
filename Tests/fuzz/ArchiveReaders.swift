// Archives and responses of servers.

import Archives
import ByteStreams
import OperatingSystem

let archiveReaders = [
  FuzzedReader(name: "archive") { input in
    let file = try TemporaryFile(copying: MemorySource(input))
    var limits = ArchiveLimits()
    limits.memberBytes = 1 << 20
    let archive = try withExtendedLifetime(file) { try ArchiveReader(path: file.path, limits: limits) }
    while try archive.next() != nil { _ = try archive.readAll(limit: 1 << 20) }
  },
  FuzzedReader(name: "zip") { input in
    let archive = try ZipArchive(TemporaryFile(copying: MemorySource(input)), named: "input")
    for member in archive.members { _ = try archive.bytes(of: member, limit: 1 << 20) }
  },
  FuzzedReader(name: "http") { try ResponseFuzzing.shared.read($0) },
]
