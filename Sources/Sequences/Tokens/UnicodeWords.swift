// Words by Unicode's boundaries (UAX 29): letters, digits and ideographs between them, and emoji. Chinese, Japanese,
// Thai and other languages without spaces between words are cut by ICU's dictionaries.

import CWordBreaks
import Synchronization

/// Finds the words of one text after another. Each user has one of its own: the lock is never contended.
final class UnicodeWords: Sendable {
  private let breaker: Mutex<Breaker>

  private struct Breaker: ~Copyable, @unchecked Sendable {
    /// Nil if ICU has no data for word boundaries, or no memory.
    let pointer = word_breaker_new()
    var hasFailed = false
    deinit { if let pointer { word_breaker_free(pointer) } }
  }

  init() { breaker = Mutex(Breaker()) }

  /// Whether the words of a text could not be found.
  var hasFailed: Bool { breaker.withLock { $0.hasFailed } }

  /// The ranges of the words in the first `count` bytes of `text`; none, and `hasFailed`, if ICU can't find them.
  func words(of text: [UInt8], count: Int) -> [Range<Int>] {
    breaker.withLock { breaker in
      text.withUnsafeBytes { bytes in
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard let pointer = breaker.pointer, word_breaker_begin(pointer, start, Int64(count)) != 0 else {
          breaker.hasFailed = true
          return []
        }
        var words: [Range<Int>] = []
        var begin = 0
        while case let end = Int(word_breaker_next(pointer)), end >= 0 {
          if word_breaker_is_word(pointer) != 0 || Self.hasEmoji(text[begin..<end]) {
            words.append(begin..<end)
          }
          begin = end
        }
        return words
      }
    }
  }

  /// Whether a segment is an emoji, which has four bytes or is followed by a variation selector.
  private static func hasEmoji(_ segment: ArraySlice<UInt8>) -> Bool {
    guard segment.count >= 3, segment.first ?? 0 >= 0xE2 else { return false }
    return String(decoding: segment, as: UTF8.self).unicodeScalars.contains(
      where: \.properties.isEmojiPresentation)
  }
}
