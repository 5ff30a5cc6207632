// Blocks of tokens, which are scanned and looked up together.

/// Consecutive tokens of a text, and their entries in a table.
struct TokenBlock: Sendable {
  /// The number of tokens in a block: enough to overlap the latencies of memory accesses, few enough for the
  /// L1 cache.
  static let capacity = 256

  var tokens = [Token](repeating: Token(), count: capacity)
  /// The tokens' entries in a table; -1 for tokens that are not in it.
  var entries = [Int32](repeating: -1, count: capacity)
  /// The number of tokens.
  var count = 0
}
