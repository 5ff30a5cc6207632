// Lines: widths, parts, styles, and that nothing in them moves the cursor.

import Screens
import Stage
import Testing

@Suite struct LineTests {
  @Test(
    arguments: [
      ("abc", 3), ("温度", 4), ("é", 1), ("e\u{301}", 1), ("😀", 2), ("👩‍👩‍👧", 2), ("👍🏽", 2), ("❤️", 2), ("🇩🇪", 2),
      ("한글", 4), ("\u{200B}", 0), ("▁█", 2), ("⠿", 1), ("ｆ", 2), ("", 0),
    ]) func widths(_ text: String, _ width: Int)
  {
    #expect(displayWidth(text) == width)
  }

  @Test func clipping() {
    #expect(clipped("温度計", to: 6) == "温度計")
    #expect(clipped("温度計", to: 5) == "温度…")
    #expect(clipped("温度計", to: 4) == "温…")
    #expect(clipped("abc", to: 0) == "")
    for columns in 0...8 { #expect(displayWidth(clipped("a温b😀c", to: columns)) <= columns) }
  }

  @Test func controlCharactersAreShown() {
    let line = StyledLine("a\u{1B}[2J\tb\u{9B}\u{202E}c")
    #expect(line.text == "a\\u{1b}[2J\\tb\\u{9b}\\u{202e}c")
    #expect(line.width == line.text.count)
  }

  @Test func cellsHaveTheirWidth() {
    var line = StyledLine()
    line.append("温度", columns: 6)
    line.append("1.5", columns: 5, isRight: true)
    line.append("a long cell", columns: 4)
    #expect(line.text == "温度    1.5a l…")
    #expect(line.width == 15)
    line.pad(to: 20)
    #expect(line.width == 20)
  }

  @Test func parts() {
    let line = StyledLine("0123456789")
    #expect(line.part(from: 0, columns: 20).text == "0123456789")
    #expect(line.part(from: 3, columns: 20).text == "3456789")
    #expect(line.part(from: 3, columns: 4).text == "345…")
    #expect(line.part(from: 30, columns: 4).text == "")
  }

  @Test func stylesWithoutColorsKeepTheirAttributes() {
    let line = StyledLine("x", Style(color: .red, isBold: true))
    #expect(line.coloredText(hasColor: true) == "\u{1B}[1;31mx\u{1B}[0m")
    #expect(line.coloredText(hasColor: false) == "\u{1B}[1mx\u{1B}[0m")
    #expect(StyledLine("x").coloredText(hasColor: true) == "x")
  }
}
