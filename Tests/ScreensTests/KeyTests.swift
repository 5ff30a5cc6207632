// Keys from bytes, however they are cut.

import Screens
import Testing

@Suite struct KeyTests {
  private static let samples: [(bytes: String, keys: [Key])] = [
    ("jk G", [.character("j"), .character("k"), .character(" "), .character("G")]),
    ("\u{1B}[A\u{1B}[B\u{1B}OC\u{1B}OD", [.up, .down, .right, .left]),
    ("\u{1B}[1;5C\u{1B}[1;2A", [.right, .up]),
    ("\u{1B}[5~\u{1B}[6~\u{1B}[3~\u{1B}[1~\u{1B}[4~", [.pageUp, .pageDown, .delete, .home, .end]),
    ("\u{1B}[H\u{1B}OF\u{1B}[Z\t\r\n", [.home, .end, .backTab, .tab, .enter, .enter]),
    ("\u{1B}OP\u{1B}[15~\u{1B}[24~\u{1B}[[A", [.function(1), .function(5), .function(12), .function(1)]),
    ("\u{7F}\u{8}\u{3}\u{1A}", [.backspace, .backspace, .control("c"), .control("z")]),
    ("é温😀", [.character("é"), .character("温"), .character("😀")]),
    // Unknown sequences are no keys: of a mouse, of the window's focus.
    ("\u{1B}[<0;10;10Mx\u{1B}[Iy", [.character("x"), .character("y")]),
    ("\u{1B}[200~q\u{1B}[A\nd\u{1B}[201~z", [.paste("q\u{1B}[A\nd"), .character("z")]),
    // The escape key, and another key right after it.
    ("\u{1B}q", [.escape, .character("q")]),
  ]

  /// The keys of blocks of bytes, and those that are known after waiting for more.
  private func keys(_ blocks: [[UInt8]]) -> [[Key]] {
    var decoder = KeyDecoder()
    let decoded = blocks.flatMap { decoder.decode($0) }
    return [decoded, decoder.isWaiting ? decoder.flush() : []]
  }

  @Test(arguments: samples) func decodesKeys(_ sample: (bytes: String, keys: [Key])) {
    #expect(keys([Array(sample.bytes.utf8)]) == [sample.keys, []])
  }

  @Test(arguments: samples) func decodesSingleBytes(_ sample: (bytes: String, keys: [Key])) {
    #expect(keys(sample.bytes.utf8.map { [$0] }) == [sample.keys, []])
  }

  @Test func escapeIsKnownByWaiting() {
    #expect(keys([[0x1B]]) == [[], [.escape]])
    #expect(keys([[0x1B], [0x1B]]) == [[.escape], [.escape]])
    #expect(keys([[0x1B], Array("[A".utf8)]) == [[.up], []])
  }

  /// A sequence that was cut is no key, and what follows is not part of it.
  @Test func cutSequences() {
    var decoder = KeyDecoder()
    let first = decoder.decode("\u{1B}[1;".utf8) + decoder.flush()
    let second = decoder.decode("A".utf8)
    #expect([first, second] == [[], [.character("A")]])
  }

  @Test func invalidBytesAreSkipped() {
    let odd: [UInt8] = [0xFF, 0xC3, 0x41, 0xE6, 0xB8, 0x42, 0xED, 0xA0, 0x80, 0x43]
    #expect(keys([odd])[0].last == .character("C"))
    let long = [0x1B, 0x5B] + [UInt8](repeating: 0x31, count: 1000) + [0x41]
    #expect(keys([long])[0].last == .character("A"))
  }

  /// A paste is cut, but its end is found, wherever the block ends.
  @Test(arguments: [1, 7, 4096, 1 << 20]) func longPastes(_ block: Int) {
    let bytes =
      Array("\u{1B}[200~".utf8) + [UInt8](repeating: 0x61, count: 300_000) + Array("\u{1B}[201~b".utf8)
    var (decoder, keys) = (KeyDecoder(), [Key]())
    for start in stride(from: 0, to: bytes.count, by: block) {
      keys += decoder.decode(bytes[start..<min(bytes.count, start + block)])
    }
    guard keys.count == 2, case .paste(let text) = keys[0] else {
      Issue.record("\(keys.count) keys")
      return
    }
    #expect(text.count == 1 << 16)
    #expect(keys[1] == .character("b"))
  }
}
