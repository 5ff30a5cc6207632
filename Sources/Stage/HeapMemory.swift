// How a stage keeps its memory. Chunks come and go by the megabyte, made by one thread and let go by another:
// what one leaves is there for the next, whichever thread that is, rather than taken from the system anew,
// page by page.

import CSystem
import Glibc

enum HeapMemory {
  /// The heap's first part, asked for in large pages. It takes room only where it is written.
  private static let reserved = 1 << 27
  /// What the C library takes from the heap rather than from the system by itself, at most.
  private static let largest = 1 << 25

  /// Tells the C library's allocator; to be called before there are other threads.
  static func prepare() {
    _ = mallopt(M_ARENA_MAX, 1)
    _ = mallopt(M_MMAP_THRESHOLD, Int32(largest))
    _ = mallopt(M_TRIM_THRESHOLD, 1 << 28)
    preferLargePages()
  }

  /// Lets the heap grow and says that it is worth large pages, of which a chunk needs few. Where memory is
  /// short there is none of it, and nothing is lost.
  private static func preferLargePages() {
    let page = sysconf(Int32(_SC_PAGESIZE))
    guard page > 0, let before = sbrk(0) else { return }
    let blocks = (0..<reserved / largest).map { _ in malloc(largest - page) }
    defer { blocks.forEach { free($0) } }
    let start = UnsafeMutableRawPointer(bitPattern: (UInt(bitPattern: before) / UInt(page) + 1) * UInt(page))
    guard let start, let end = sbrk(0), start < end else { return }
    madvise(start, end - start, MADV_HUGEPAGE)
  }
}
