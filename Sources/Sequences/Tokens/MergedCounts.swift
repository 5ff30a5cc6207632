// The counts of all threads, merged.

/// The counts of all threads, merged.
struct MergedCounts {
  /// All tokens of all threads.
  private(set) var table: TokenTable
  /// The frequency of each token in `table`.
  private(set) var frequencies: [TokenFrequency]
  /// For each thread, the entries of its tokens in `table`.
  private(set) var entries: [[Int32]]

  /// - Parameter counters: one or more, in the order of the threads.
  init(_ counters: [TokenCounter]) {
    (table, frequencies, entries) = (
      counters[0].table, counters[0].frequencies, [Array(0..<Int32(counters[0].table.count))]
    )
    for counter in counters.dropFirst() {
      let found = table.insert(contentsOf: counter.table)
      frequencies.append(contentsOf: repeatElement(TokenFrequency(), count: table.count - frequencies.count))
      for (entry, frequency) in zip(found, counter.frequencies) { frequencies[Int(entry)].merge(frequency) }
      entries.append(found)
    }
  }
}
