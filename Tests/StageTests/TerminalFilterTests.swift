// Control characters on the way to a terminal, wherever a block of output ends.

import Stage
import Testing

@Suite struct TerminalFilterTests {
  private func escaped(_ text: String, blocks: Int, keepsColors: Bool = false) -> String {
    var filter = TerminalFilter(keepsColors: keepsColors)
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: blocks) {
      result += filter.escape(bytes[start..<min(start + blocks, bytes.count)])
    }
    return String(decoding: result + filter.finish(), as: UTF8.self)
  }

  @Test(arguments: [1, 2, 3, 100]) func controlsBecomeEscapes(_ blocks: Int) {
    let text = "a\tb\nc\u{1B}[31md\u{9B}2J\u{7F}\r é 温度 \u{A0}\u{C2}"
    #expect(
      escaped(text, blocks: blocks) == "a\tb\nc\\u{1b}[31md\\u{9b}2J\\u{7f}\\r é 温度 \u{A0}\u{C2}")
  }

  /// Only whole sequences that choose a color pass.
  @Test(arguments: [1, 2, 5, 100]) func onlyColorsPass(_ blocks: Int) {
    let colored = "\u{1B}[38;5;12mx\u{1B}[0m\n"
    #expect(escaped(colored, blocks: blocks, keepsColors: true) == colored)
    let others = "\u{1B}[2J\u{1B}]0;t\u{7}\u{1B}\u{1B}[1m\u{1B}[3"
    #expect(
      escaped(others, blocks: blocks, keepsColors: true)
        == "\\u{1b}[2J\\u{1b}]0;t\\u{7}\\u{1b}\u{1B}[1m\\u{1b}[3")
  }

  @Test func bytesThatAreNoTextPassUnchanged() {
    var filter = TerminalFilter(keepsColors: false)
    #expect(
      filter.escape([0xC2, 0xC2, 0x41, 0xFF, 0xC2]) + filter.finish() == [0xC2, 0xC2, 0x41, 0xFF, 0xC2])
  }
}
