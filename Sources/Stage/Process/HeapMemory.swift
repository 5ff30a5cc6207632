// How a stage reuses its memory. Chunks of megabytes are allocated by one thread and freed by another: freed memory
// is reused by whichever thread needs it, rather than obtained from the system again, page by page.

import CAllocation
import CLinux
import Glibc

enum HeapMemory {
  /// The heap's first part, requested in large pages. Memory is used only where it is written.
  private static let reserved = 1 << 27
  /// The largest block that the C library allocates from the heap rather than from the system.
  private static let largest = 1 << 25

  /// Configures the C library's allocator; must be called before other threads are started. If the address space is limited
  /// (`ulimit -v`), nothing is reserved, and stacks are small.
  static func prepare() {
    _ = mallopt(M_ARENA_MAX, 1)
    _ = mallopt(M_MMAP_THRESHOLD, Int32(largest))
    _ = mallopt(M_TRIM_THRESHOLD, 1 << 28)
    if hasUnlimitedAddresses { preferLargePages() } else { allocation_use_small_stacks() }
  }

  private static var hasUnlimitedAddresses: Bool { isUnlimited(RLIMIT_AS) && isUnlimited(RLIMIT_DATA) }

  /// Grows the heap and requests large pages, so that a chunk needs only a few.
  private static func preferLargePages() {
    let page = sysconf(Int32(_SC_PAGESIZE))
    guard page > 0, let before = sbrk(0) else { return }
    let blocks = (0..<reserved / largest).map { _ in malloc(largest - page) }
    defer { blocks.forEach { free($0) } }
    let start = UnsafeMutableRawPointer(bitPattern: (UInt(bitPattern: before) / UInt(page) + 1) * UInt(page))
    guard let start, let end = sbrk(0), start < end else { return }
    madvise(start, end - start, MADV_HUGEPAGE)
  }

  private static func isUnlimited(_ resource: __rlimit_resource) -> Bool {
    var limit = rlimit()
    return getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 && limit.rlim_cur == .max
  }
}
