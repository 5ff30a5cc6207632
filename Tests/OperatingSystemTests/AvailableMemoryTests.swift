// The memory that the process may use: the least of what the machine, its control groups and its limits leave.

import Foundation
import OperatingSystem
import Testing

@Suite struct AvailableMemoryTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("rnn-memory-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func write(_ files: [String: String]) throws {
    for (path, text) in files {
      let file = folder.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
  }

  private var bytes: Int? { AvailableMemory.bytes(folder: folder.path) }

  @Test func somethingIsLeftHere() throws { #expect(try #require(AvailableMemory.bytes) > 1 << 20) }

  @Test func nothingIsKnownWithoutFiles() { #expect(bytes == nil) }

  @Test("what the machine has free, with its caches and swap space")
  func machine() throws {
    try write(["proc/meminfo": "MemTotal: 900 kB\nMemAvailable:    500 kB\nSwapFree:  24 kB\n"])
    #expect(bytes == 524 << 10)
  }

  @Test("the limit of an enclosing group applies; cached files don't count")
  func unified() throws {
    try write([
      "proc/self/cgroup": "0::/a/b\n", "proc/meminfo": "MemAvailable: 9000 kB\n",
      "sys/fs/cgroup/a/memory.max": "1000000\n", "sys/fs/cgroup/a/memory.current": "700000\n",
      "sys/fs/cgroup/a/memory.stat": "anon 300000\ninactive_file 250000\nactive_file 50000\n",
      "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/b/memory.current": "5\n",
    ])
    #expect(bytes == 600_000)
  }

  @Test("more than the limit leaves nothing")
  func legacy() throws {
    try write([
      "proc/self/cgroup": "7:cpu:/\n3:memory:/docker/x\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "1000\n",
      "sys/fs/cgroup/memory/memory.usage_in_bytes": "1200\n",
      "sys/fs/cgroup/memory/memory.stat": "cache 100\ntotal_inactive_file 100\n",
    ])
    #expect(bytes == 0)
  }
}
