// The spreadsheet: what keys do, and what is drawn at different sizes.

import Foundation
import Screens
import Stage
import Testing

@Suite struct SheetTests {
  private let columns = [
    SheetColumn(key: "id", heading: "RUN", isFrozen: true),
    SheetColumn(key: "name", heading: "NAME", isFrozen: true, maxWidth: 10),
    SheetColumn(key: "loss", heading: "loss", isNumeric: true),
    SheetColumn(key: "units", heading: "units"),
    SheetColumn(key: "command", heading: "COMMAND", maxWidth: 30),
  ]

  private func sheet(rows: Int = 3) -> Sheet {
    var sheet = Sheet(columns, order: SheetOrder(column: "id", isDescending: true))
    sheet.rows.resize(count: rows, height: 10)
    return sheet
  }

  private func row(_ number: Int, name: String = "a") -> SheetRow {
    SheetRow(
      key: "r\(number)",
      cells: ["r\(number)", name, "0.\(number)", "\(number)", "rnn-train --units \(number) x.zst"])
  }

  private func texts(_ sheet: Sheet, _ rows: [SheetRow], _ width: Int) -> [String] {
    var sheet = sheet
    return sheet.frame(rows, columns: width, hasUnicode: true).map(\.text)
  }

  @Test func drawsWhatFits() {
    let sheet = sheet()
    let rows = [row(0), row(1, name: "中文名字"), row(2, name: "a name that is too long")]
    let lines = texts(sheet, rows, 80)
    #expect(lines[0].contains("RUN ▼") && lines[0].contains("COMMAND"))
    #expect(lines[3].contains("a name th…"))
    // Columns begin at the same place, whatever is in the cells before them.
    let starts = lines.dropFirst().map { line in
      displayWidth(String(line.prefix(upTo: line.range(of: "0.")!.lowerBound)))
    }
    #expect(Set(starts).count == 1)
    for line in texts(sheet, rows, 30) { #expect(displayWidth(line) <= 30) }
  }

  /// The frozen columns stay, and the column with the cursor is always in view, at any width.
  @Test(arguments: [12, 20, 30, 40, 80, 200]) func cursorStaysInView(_ width: Int) {
    var sheet = sheet()
    let rows = [row(0), row(1)]
    for _ in 0..<6 {
      // Drawing scrolls.
      let lines = sheet.frame(rows, columns: width, hasUnicode: true).map(\.text)
      #expect(lines[0].contains("RUN"))
      if width >= 30, let heading = sheet.column?.heading { #expect(lines[0].contains(heading)) }
      _ = sheet.handle(.right, row: "r0")
    }
    #expect(sheet.column?.key == "command")
    for _ in 0..<6 { _ = sheet.handle(.left, row: nil) }
    #expect(sheet.column?.key == "id")
    #expect(texts(sheet, rows, 200)[0].contains("loss"))
  }

  @Test func sorting() {
    var sheet = sheet()
    _ = sheet.handle(.character("l"), row: nil)
    _ = sheet.handle(.character("l"), row: nil)
    let ascending = SheetOrder(column: "loss", isDescending: false)
    let action = sheet.handle(.character("s"), row: nil)
    #expect(action == .sort(ascending))
    #expect(texts(sheet, [row(0)], 80)[0].contains("loss ▲"))
    _ = sheet.handle(.character(">"), row: nil)
    #expect(sheet.order == SheetOrder(column: "loss", isDescending: true))
  }

  @Test func marking() {
    var sheet = sheet()
    _ = sheet.handle(.character(" "), row: "r0")
    _ = sheet.handle(.character(" "), row: "r1")
    #expect(sheet.marked == ["r0", "r1"] && sheet.rows.cursor == 2)
    #expect(texts(sheet, [row(0), row(1), row(2)], 80)[1].hasPrefix("●"))
    _ = sheet.handle(.character(" "), row: "r0")
    #expect(sheet.marked == ["r1"])
    _ = sheet.handle(.character(" "), row: nil)
    #expect(sheet.marked == ["r1"])
    sheet.unmark()
    #expect(sheet.marked.isEmpty)
  }

  @Test func hiding() {
    var sheet = sheet()
    for _ in 0..<9 { _ = sheet.handle(.character("d"), row: nil) }
    // One column stays.
    #expect(sheet.hidden.count == 4)
    #expect(texts(sheet, [row(0)], 80)[0].contains("COMMAND"))
    _ = sheet.handle(.character("D"), row: nil)
    #expect(sheet.hidden.isEmpty && sheet.column?.key == "command")
    sheet.set(Array(columns.prefix(2)))
    #expect(sheet.column != nil)
  }

  @Test func emptySheet() {
    var sheet = Sheet([], order: SheetOrder(column: "id", isDescending: true))
    #expect(texts(sheet, [], 10).count == 1)
    for key in [Key.right, .left, .character("d"), .character("s"), .end] { _ = sheet.handle(key, row: nil) }
    #expect(sheet.column == nil)
  }
}
