// The memory that the process may use: the least of what the machine, its control groups and its limits leave.

import OperatingSystem
import SystemFolder
import Testing

@Suite struct AvailableMemoryTests {
  private let folder: SystemFolder

  init() throws { folder = try SystemFolder() }

  private var bytes: Int? { AvailableMemory.bytes(folder: folder.path) }

  @Test func somethingIsLeftHere() throws { #expect(try #require(AvailableMemory.bytes) > 1 << 20) }

  @Test func nothingIsKnownWithoutFiles() { #expect(bytes == nil) }

  @Test("what the machine has free, with its caches and swap space")
  func machine() throws {
    try folder.write(["proc/meminfo": "MemTotal: 900 kB\nMemAvailable:    500 kB\nSwapFree:  24 kB\n"])
    #expect(bytes == 524 << 10)
  }

  @Test("the limit of an enclosing group applies; cached files don't count")
  func unified() throws {
    try folder.write([
      "proc/self/cgroup": "0::/a/b\n", "proc/meminfo": "MemAvailable: 9000 kB\n",
      "sys/fs/cgroup/a/memory.max": "1000000\n", "sys/fs/cgroup/a/memory.current": "700000\n",
      "sys/fs/cgroup/a/memory.stat": "anon 300000\ninactive_file 250000\nactive_file 50000\n",
      "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/b/memory.current": "5\n",
    ])
    #expect(bytes == 600_000)
  }

  @Test("more than the limit leaves nothing")
  func legacy() throws {
    try folder.write([
      "proc/self/cgroup": "7:cpu:/\n3:memory:/docker/x\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "1000\n",
      "sys/fs/cgroup/memory/memory.usage_in_bytes": "1200\n",
      "sys/fs/cgroup/memory/memory.stat": "cache 100\ntotal_inactive_file 100\n",
    ])
    #expect(bytes == 0)
  }
}
