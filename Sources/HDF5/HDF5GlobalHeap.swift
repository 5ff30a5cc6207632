// Global heaps, collections of numbered objects such as texts of variable length. Each is read once, however many
// texts refer to it.

import Failures
import Synchronization

/// The global heaps of a file that have been read.
final class HDF5GlobalHeaps: Sendable {
  private let bytes: [UInt8]
  private let budget: HDF5Budget
  /// The place of each object by its number, for each heap by its address.
  private let heaps = Mutex<[Int: [Int: Range<Int>]]>([:])

  init(_ bytes: [UInt8], _ budget: HDF5Budget) { (self.bytes, self.budget) = (bytes, budget) }

  /// The bytes of object `number` of the heap at `address`, at most `length`.
  /// - Throws: `Failure` (data) if the heap is damaged, or has no such object.
  func object(_ number: Int, ofHeapAt address: Int, length: Int) throws(Failure) -> ArraySlice<UInt8> {
    guard let range = try heap(at: address)[number] else {
      throw HDF5Cursor.damaged("a text is missing from its heap")
    }
    let object = bytes[range].prefix(length)
    try budget.spend(object.count)
    return object
  }

  private func heap(at address: Int) throws(Failure) -> [Int: Range<Int>] {
    if let known = heaps.withLock({ $0[address] }) { return known }
    let objects = try read(address)
    heaps.withLock { $0[address] = objects }
    return objects
  }

  private func read(_ address: Int) throws(Failure) -> [Int: Range<Int>] {
    var cursor = try HDF5Cursor(bytes, at: address)
    try cursor.expect("GCOL")
    try cursor.skip(4)
    var heap = try HDF5Cursor(bytes, at: cursor.offset + 8, count: try cursor.int(8) - 16)
    try budget.spend(16 + heap.left)
    var objects: [Int: Range<Int>] = [:]
    while heap.left >= 16 {
      let index = try heap.int(2)
      try heap.skip(6)
      let size = try heap.int(8)
      // Object 0 is the free space at the end.
      if index == 0 { break }
      guard size <= heap.left else { throw HDF5Cursor.damaged("a text lies outside its heap") }
      objects[index] = heap.offset..<heap.offset + size
      try heap.skip(min(heap.left, (size + 7) & ~7))
    }
    return objects
  }
}
