// The memory of buffers. Large blocks are reserved from the system, which gives them pages when they are written: so a
// network can be built before it is known whether there is memory for it.

import CPUTarget
import Synchronization

/// The size of a huge page on most CPUs. With small pages, traversing megabytes needs an address translation
/// every 4 KB, which slows training by about 3 %.
private let largePage = 2 << 20

/// A block of memory, returned when no longer referenced.
public final class BufferMemory: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  private let bytes: Int
  /// Whether the block is known to be zero, because none of it has been written.
  let isZero: Bool

  /// Smaller blocks are allocated from the heap and may have been used before.
  private static let smallestReserved = 32 << 20
  private static let total = Atomic(0)

  /// The size of all buffers, written or not.
  public static var reserved: Int { total.load(ordering: .relaxed) }

  init(bytes: Int) {
    self.bytes = bytes
    let isLarge = bytes >= largePage
    let reserved = bytes >= Self.smallestReserved ? cpu_reserve(bytes, largePage) : nil
    isZero = reserved != nil
    // Where there is no room for the block, the allocator says so.
    start = reserved ?? .allocate(byteCount: bytes, alignment: isLarge ? largePage : 64)
    if isLarge { cpu_prefer_large_pages(start, bytes) }
    Self.total.add(bytes, ordering: .relaxed)
  }

  deinit {
    Self.total.subtract(bytes, ordering: .relaxed)
    if isZero { cpu_release(start, bytes) } else { start.deallocate() }
  }
}
