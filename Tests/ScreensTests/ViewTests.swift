// Positions, lines that are typed, lists to choose from, and texts to scroll.

import Screens
import Testing

@Suite struct ListPositionTests {
  private func moved(_ list: ListPosition, _ keys: Key...) -> ListPosition {
    keys.reduce(into: list) { _ = $0.handle($1) }
  }

  private func scrolled(_ list: ListPosition, _ keys: Key...) -> Range<Int> {
    keys.reduce(into: list) { _ = $0.scroll($1) }.visible
  }

  @Test func cursorStaysInView() {
    var list = ListPosition(count: 100, height: 10)
    for _ in 0..<12 { list = moved(list, .down) }
    #expect(list.cursor == 12 && list.visible == 3..<13)
    #expect(moved(list, .up).visible == 3..<13)
    list = moved(list, .end)
    #expect(list.cursor == 99 && list.visible == 90..<100)
    list = moved(list, .pageUp)
    #expect(list.cursor == 89 && list.visible == 80..<90)
    list = moved(list, .home)
    #expect(list.cursor == 0 && list.visible == 0..<10)
    #expect(moved(list, .character("x")) == list)
  }

  @Test func listsThatShrink() {
    var list = ListPosition(count: 100, height: 10)
    list.move(to: 95)
    list.resize(count: 4)
    #expect(list.cursor == 3 && list.visible == 0..<4)
    list.resize(count: 0)
    #expect(list.cursor == 0 && list.visible.isEmpty)
    #expect(moved(list, .down, .end, .pageUp).cursor == 0)
    list.resize(count: 50, height: 0)
    #expect(list.height == 1 && list.visible == 0..<1)
  }

  /// Without a cursor, each key of a move moves what is shown.
  @Test func scrolling() {
    let text = ListPosition(count: 30, height: 10)
    #expect(scrolled(text, .down) == 1..<11)
    #expect(scrolled(text, .down, .pageDown) == 11..<21)
    #expect(scrolled(text, .down, .pageDown, .up) == 10..<20)
    #expect(scrolled(text, .end, .down) == 20..<30)
  }
}

@Suite struct LineEditorTests {
  private func edited(_ keys: [Key], _ text: String = "") -> String {
    keys.reduce(into: LineEditor(prompt: "/", text: text)) { _ = $0.handle($1) }.text
  }

  /// What the last of some keys does.
  private func result(_ keys: Key...) -> LineEditor.Result {
    var (editor, result) = (LineEditor(prompt: "/", text: "a"), LineEditor.Result.ignored)
    for key in keys { result = editor.handle(key) }
    return result
  }

  @Test func editing() {
    #expect(edited([.character("a"), .character("温"), .backspace, .character("b")]) == "ab")
    #expect(edited([.left, .left, .character("x"), .delete], "abc") == "axc")
    #expect(edited([.home, .control("k")], "abc") == "")
    #expect(edited([.control("w")], "units>=8 lstm ") == "units>=8 ")
    #expect(edited([.left, .control("u")], "abc") == "c")
    #expect(edited([.paste("a\nb\tc")]) == "a b c")
  }

  @Test func ends() {
    #expect(result(.enter) == .accepted)
    #expect(result(.escape) == .cancelled)
    #expect(result(.up) == .ignored)
    #expect(result(.backspace) == .changed)
    #expect(result(.backspace, .backspace) == .cancelled)
  }

  @Test func showsThePartWithTheCursor() {
    let editor = LineEditor(prompt: "/", text: "abcdefghij")
    #expect(editor.line(columns: 6).text == "/hij ")
    #expect(editor.line(columns: 40).text == "/abcdefghij ")
    #expect(editor.line(columns: 1).width <= 1)
  }
}

@Suite struct PickerTests {
  private func texts(_ picker: Picker, columns: Int, lines: Int) -> [String] {
    var picker = picker
    return picker.frame(ScreenSize(columns: columns, lines: lines)).map(\.text)
  }

  private func result(_ key: Key) -> Picker.Result {
    var picker = Picker(title: "Metrics", ["loss"], chosen: [])
    return picker.handle(key)
  }

  @Test func choosing() {
    var picker = Picker(title: "Metrics", ["loss", "mae", "auc"], chosen: ["mae", "gone"])
    for _ in 0..<2 { _ = picker.handle(.character(" ")) }
    #expect(picker.chosen == ["gone", "loss"])
    let lines = texts(picker, columns: 20, lines: 6)
    #expect(lines.count == 6)
    #expect(lines[1].hasPrefix("[x] loss") && lines[2].hasPrefix("[ ] mae"))
    #expect(result(.enter) == .accepted && result(.escape) == .cancelled && result(.down) == .changed)
  }

  @Test func emptyList() {
    var picker = Picker(title: "Metrics", [], chosen: [])
    _ = picker.handle(.character(" "))
    #expect(picker.chosen.isEmpty)
    #expect(texts(picker, columns: 10, lines: 3).count == 3)
  }
}

@Suite struct PagerTests {
  private func texts(_ keys: Key...) -> [String] {
    var pager = Pager(title: "T", (0..<20).map { StyledLine("line \($0) is a long one") })
    _ = pager.frame(ScreenSize(columns: 10, lines: 7), keys: "")
    for key in keys { _ = pager.handle(key) }
    return pager.frame(ScreenSize(columns: 10, lines: 7), keys: "q").map(\.text)
  }

  @Test func scrollsBothWays() {
    #expect(texts()[1] == "line 0 is…")
    let lines = texts(.down, .right)
    #expect(lines.count == 7)
    #expect(lines[1] == "s a long …")
    #expect(lines[6] == "2-6 of 20  q")
    #expect(texts(.right, .left, .left) == texts())
    #expect(texts(.end)[5] == "line 19 i…")
  }
}
