// Detects from the first lines which byte separates the fields of a CSV file.

/// Detects the separator of a CSV file.
enum CSVSeparator {
  /// The candidates; of equally likely ones, the first: a comma is the likeliest to occur within a value.
  private static let candidates = ["\t", ";", "|", ","].compactMap(\.utf8.first)
  private static let comma = UInt8(ascii: ",")

  /// The separator of these lines: of the candidates that occur equally often in each, the most frequent one; if there
  /// is none, the most frequent one in the first line.
  /// - Parameter decimalComma: whether numbers have decimal commas, so that a comma is the last choice.
  static func detect(_ lines: [ArraySlice<UInt8>], decimalComma: Bool) -> UInt8 {
    let counts = counts(lines)
    let usual = decimalComma ? candidates.filter { $0 != comma } : candidates
    let regular = usual.filter { candidate in
      counts.allSatisfy { $0[candidate] == counts[0][candidate] }
    }
    return mostFrequent(regular, counts[0]) ?? mostFrequent(usual, counts[0])
      ?? mostFrequent([comma], counts[0]) ?? (decimalComma ? UInt8(ascii: ";") : comma)
  }

  private static func mostFrequent(_ candidates: [UInt8], _ counts: Counts) -> UInt8? {
    let best = candidates.max { counts[$0] < counts[$1] }
    return best.flatMap { counts[$0] > 0 ? $0 : nil }
  }

  /// How often each byte occurs outside quotes in a record.
  private struct Counts {
    private var counts = [Int](repeating: 0, count: 256)

    subscript(byte: UInt8) -> Int {
      get { counts[Int(byte)] }
      set { counts[Int(byte)] = newValue }
    }
  }

  /// How often each byte occurs outside quotes in each record of `lines`; at least one record.
  private static func counts(_ lines: [ArraySlice<UInt8>]) -> [Counts] {
    var (records, counts): ([Counts], Counts) = ([], Counts())
    var isQuoted = false
    for line in lines {
      for byte in line {
        if byte == CSVInput.quote { isQuoted.toggle() }
        if !isQuoted { counts[byte] += 1 }
      }
      if isQuoted { continue }
      records.append(counts)
      counts = Counts()
    }
    return records.isEmpty ? [counts] : records
  }
}
