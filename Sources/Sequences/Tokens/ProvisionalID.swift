// The ids that stand for tokens until the vocabulary is known.

/// The provisional ids of tokens between the two passes. Each thread numbers tokens independently, so the id
/// also identifies the thread.
struct ProvisionalID {
  /// The provisional id of the start of a sequence.
  static let start: Int32 = 0
  /// The number of threads.
  let threads: Int

  /// The id of entry `index` in a thread's table.
  @inline(__always)
  func callAsFunction(_ index: Int, thread: Int) -> Int32 {
    Int32(truncatingIfNeeded: index &* threads &+ thread &+ 1)
  }

  /// The maximum number of entries in a thread's table.
  var capacity: Int { Int(Int32.max) / threads - 1 }
}
