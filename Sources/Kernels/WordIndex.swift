// The distinct words of a batch, each a sequence of character ids: what depends only on a word's characters is computed
// once for each of them. In a batch of 32 sentences, half of the words are distinct.

/// The distinct words of a batch, the longest first (of equal length, in the order of first occurrence).
public final class WordIndex {
  /// The number of distinct words.
  public private(set) var distinct = 0
  /// The number of characters of a word, including padding.
  public let length: Int
  /// The number of each position's word; `emptyRow` where there is no word.
  public let numbers: IndexBuffer
  /// The number of words that fit, which stands for no word.
  public let emptyRow: Int

  /// The characters of each word, in the order of first occurrence, and how many they are without padding.
  private let keys: IndexBuffer
  private let lengths: IndexBuffer
  /// The words in the order of their numbers, and the number of each word.
  private let words: IndexBuffer
  private let ranks: IndexBuffer
  /// A hash table of words: the word plus 1, or 0 for a free slot.
  private let slots: IndexBuffer
  private let starts: IndexBuffer

  /// An index for `positions` words of up to `length` characters.
  public init(positions: Int, length: Int) {
    self.length = length
    emptyRow = positions
    numbers = IndexBuffer(count: positions, zero: 0)
    keys = IndexBuffer(count: positions * length, zero: 0)
    lengths = IndexBuffer(count: positions, zero: 0)
    words = IndexBuffer(count: positions, zero: 0)
    ranks = IndexBuffer(count: positions, zero: 0)
    var size = 64
    while size < 2 * positions { size *= 2 }
    slots = IndexBuffer(count: size, zero: 0)
    starts = IndexBuffer(count: length + 2, zero: 0)
  }

  /// Forgets all words.
  public func begin() {
    distinct = 0
    slots.fill(0, 0..<slots.count)
  }

  /// Adds the words of `rows` rows and `steps` steps. Row r has character c at step t in
  /// `ids[offset + (t * length + c) * rows + r]`, and the position `position + t * rows + r`.
  public func add(_ ids: IndexBuffer, from offset: Int, rows: Int, steps: Int, at position: Int) {
    precondition(offset >= 0 && offset + rows * steps * length <= ids.count, "ids outside the buffer")
    precondition(position >= 0 && position + rows * steps <= numbers.count, "positions outside the buffer")
    for step in 0..<steps {
      for row in 0..<rows {
        let first = ids.base + offset + step * length * rows + row
        numbers.base[position + step * rows + row] = word(first, stride: rows)
      }
    }
  }

  /// The number of the word whose characters begin at `first`, which is added if it is new; -1 if it has none.
  private func word(_ first: UnsafeMutablePointer<Int32>, stride: Int) -> Int32 {
    let key = keys.base + min(distinct, emptyRow - 1) * length
    var (hash, count) = (UInt64(0), 0)
    for index in 0..<length {
      let id = first[index * stride]
      if distinct < emptyRow { key[index] = id }
      if id != 0 { count = index + 1 }
      hash = (hash ^ UInt64(UInt32(bitPattern: id))) &* 0x9E37_79B9_7F4A_7C15
    }
    return count == 0 ? -1 : find(first, stride: stride, hash: hash, count: count)
  }

  private func find(
    _ first: UnsafeMutablePointer<Int32>, stride: Int, hash: UInt64, count: Int
  ) -> Int32 {
    let last = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash >> 32) & last
    while slots.base[slot] > 0 {
      let word = Int(slots.base[slot]) - 1
      if isEqual(word, first, stride: stride) { return Int32(word) }
      slot = (slot + 1) & last
    }
    slots.base[slot] = Int32(distinct) + 1
    lengths.base[distinct] = Int32(count)
    distinct += 1
    return Int32(distinct - 1)
  }

  private func isEqual(_ word: Int, _ first: UnsafeMutablePointer<Int32>, stride: Int) -> Bool {
    let key = keys.base + word * length
    for index in 0..<length where key[index] != first[index * stride] { return false }
    return true
  }

  /// Numbers the words by falling length, and gives each of the first `positions` positions its word's number.
  public func finish(positions: Int) {
    precondition(positions <= numbers.count, "positions outside the buffer")
    sortByLength()
    for position in 0..<positions {
      let word = Int(numbers.base[position])
      numbers.base[position] = word < 0 ? Int32(emptyRow) : ranks.base[word]
    }
  }

  /// A counting sort.
  private func sortByLength() {
    starts.fill(0, 0..<starts.count)
    for word in 0..<distinct { starts.base[length - Int(lengths.base[word]) + 1] += 1 }
    for index in 1..<starts.count { starts.base[index] += starts.base[index - 1] }
    for word in 0..<distinct {
      let place = length - Int(lengths.base[word])
      let rank = starts.base[place]
      starts.base[place] += 1
      ranks.base[word] = rank
      words.base[Int(rank)] = Int32(word)
    }
  }

  /// Copies the characters of the words `range`, character by character: word i has character c in
  /// `ids[offset + c * range.count + i]`.
  public func load(_ range: Range<Int>, into ids: IndexBuffer, at offset: Int) {
    precondition(range.lowerBound >= 0 && range.upperBound <= distinct, "no such words")
    precondition(offset >= 0 && offset + range.count * length <= ids.count, "ids outside the buffer")
    for (row, number) in range.enumerated() {
      let key = keys.base + Int(words.base[number]) * length
      for index in 0..<length { ids.base[offset + index * range.count + row] = key[index] }
    }
  }
}
