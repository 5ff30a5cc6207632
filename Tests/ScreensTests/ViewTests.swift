// Positions, lines that are typed, lists to choose from, and texts to scroll.

import Screens
import Testing

@Suite struct ListPositionTests {
  @Test func cursorStaysInView() {
    var list = ListPosition(count: 100, height: 10)
    for _ in 0..<12 { #expect(list.handle(.down)) }
    #expect(list.cursor == 12 && list.visible == 3..<13)
    #expect(list.handle(.up))
    #expect(list.visible == 3..<13)
    #expect(list.handle(.end))
    #expect(list.cursor == 99 && list.visible == 90..<100)
    #expect(list.handle(.pageUp))
    #expect(list.cursor == 89 && list.visible == 80..<90)
    #expect(list.handle(.home))
    #expect(list.cursor == 0 && list.visible == 0..<10)
    #expect(!list.handle(.character("x")))
  }

  @Test func listsThatShrink() {
    var list = ListPosition(count: 100, height: 10)
    list.move(to: 95)
    list.resize(count: 4)
    #expect(list.cursor == 3 && list.visible == 0..<4)
    list.resize(count: 0)
    #expect(list.cursor == 0 && list.visible.isEmpty)
    #expect(list.handle(.down))
    #expect(list.cursor == 0)
    list.resize(count: 50, height: 0)
    #expect(list.height == 1 && list.visible == 0..<1)
  }

  /// Without a cursor, each key of a move moves what is shown.
  @Test func scrolling() {
    var text = ListPosition(count: 30, height: 10)
    #expect(text.scroll(.down))
    #expect(text.visible == 1..<11)
    #expect(text.scroll(.pageDown))
    #expect(text.visible == 11..<21)
    #expect(text.scroll(.up))
    #expect(text.visible == 10..<20)
    #expect(text.scroll(.end))
    #expect(text.visible == 20..<30)
    #expect(text.scroll(.down))
    #expect(text.visible == 20..<30)
  }
}

@Suite struct LineEditorTests {
  private func edited(_ keys: [Key], _ text: String = "") -> LineEditor {
    var editor = LineEditor(prompt: "/", text: text)
    for key in keys { #expect(editor.handle(key) == .changed) }
    return editor
  }

  @Test func editing() {
    #expect(edited([.character("a"), .character("温"), .backspace, .character("b")]).text == "ab")
    #expect(edited([.left, .left, .character("x"), .delete], "abc").text == "axc")
    #expect(edited([.home, .control("k")], "abc").text == "")
    #expect(edited([.control("w")], "units>=8 lstm ").text == "units>=8 ")
    #expect(edited([.left, .control("u")], "abc").text == "c")
    #expect(edited([.paste("a\nb\tc")]).text == "a b c")
  }

  @Test func ends() {
    var editor = LineEditor(prompt: "/", text: "a")
    #expect(editor.handle(.enter) == .accepted)
    #expect(editor.handle(.escape) == .cancelled)
    #expect(editor.handle(.up) == .ignored)
    #expect(editor.handle(.backspace) == .changed)
    #expect(editor.handle(.backspace) == .cancelled)
  }

  @Test func showsThePartWithTheCursor() {
    let editor = LineEditor(prompt: "/", text: "abcdefghij")
    #expect(editor.line(columns: 6).text == "/hij ")
    #expect(editor.line(columns: 40).text == "/abcdefghij ")
    #expect(editor.line(columns: 1).width <= 2)
  }
}

@Suite struct PickerTests {
  @Test func choosing() {
    var picker = Picker(title: "Metrics", ["loss", "mae", "auc"], chosen: ["mae", "gone"])
    #expect(picker.handle(.character(" ")) == .changed)
    #expect(picker.handle(.character(" ")) == .changed)
    #expect(picker.chosen == ["gone", "loss"])
    #expect(picker.handle(.enter) == .accepted)
    #expect(picker.handle(.escape) == .cancelled)
    let lines = picker.frame(ScreenSize(columns: 20, lines: 6)).map(\.text)
    #expect(lines.count == 6)
    #expect(lines[1].hasPrefix("[x] loss") && lines[2].hasPrefix("[ ] mae"))
  }

  @Test func emptyList() {
    var picker = Picker(title: "Metrics", [], chosen: [])
    #expect(picker.handle(.character(" ")) == .changed)
    #expect(picker.frame(ScreenSize(columns: 10, lines: 3)).count == 3)
  }
}

@Suite struct PagerTests {
  @Test func scrollsBothWays() {
    var pager = Pager(title: "T", (0..<20).map { StyledLine("line \($0) is a long one") })
    let size = ScreenSize(columns: 10, lines: 7)
    #expect(pager.frame(size, keys: "").map(\.text)[1] == "line 0 is…")
    #expect(pager.handle(.down))
    #expect(pager.handle(.right))
    let lines = pager.frame(size, keys: "q").map(\.text)
    #expect(lines.count == 7)
    #expect(lines[1] == "s a long …")
    #expect(lines[6] == "2-6 of 20  q")
    #expect(!pager.handle(.character("x")))
  }
}
