// The default number of threads depends on the processors that the process may use, not on those of the machine.

import Stage
import SystemFolder
import Testing

@Suite struct ProcessorTests {
  private let folder: SystemFolder

  init() throws { folder = try SystemFolder() }

  private var quota: Double? { Processors.cpuQuota(folder: folder.path) }

  @Test func thereIsAtLeastOne() { #expect(Processors.available >= 1) }

  @Test func noQuotaWithoutGroups() { #expect(quota == nil) }

  @Test("the smallest quota of the enclosing groups applies")
  func unified() throws {
    try folder.write([
      "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/cpu.max": "250000 100000\n",
      "sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
    ])
    #expect(quota == 2.5)
    try folder.write(["sys/fs/cgroup/a/b/cpu.max": "150000 100000\n"])
    #expect(quota == 1.5)
  }

  @Test("a container's group is the root of its hierarchy")
  func container() throws {
    try folder.write(["proc/self/cgroup": "0::/../outside\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"])
    #expect(quota == 0.5)
  }

  @Test func legacy() throws {
    try folder.write([
      "proc/self/cgroup": "7:memory:/\n3:cpu,cpuacct:/docker/x\n",
      "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "300000\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      "sys/fs/cgroup/cpu/docker/x/cpu.cfs_quota_us": "-1\n",
      "sys/fs/cgroup/cpu/docker/x/cpu.cfs_period_us": "100000\n",
    ])
    #expect(quota == 3)
  }

  @Test(
    "invalid text is not a quota", arguments: ["", "max", "100000", "0 0\n", "-1 -1\n", "x y\n", "1 2 3\n"])
  func nonsense(text: String) throws {
    try folder.write(["proc/self/cgroup": "\nx\n::\n0::/\n", "sys/fs/cgroup/cpu.max": text])
    #expect(quota == nil)
  }
}
