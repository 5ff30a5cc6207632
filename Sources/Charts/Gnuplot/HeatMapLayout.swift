// The margins of a heat map, which are as wide as its labels need. Text is measured by its number of letters, which is
// close enough for that.

import Glibc

/// Labels and margins of a heat map that is alone in its picture.
struct HeatMapLayout {
  /// The labels as they are drawn: cut where they would take up too much of the picture.
  let rows, columns: [String]
  /// The margins in pixels.
  let left, right, top, bottom: Double
  /// The distances in pixels of the title from the upper edge and of the label of the rows from the left one.
  static let (titleBaseline, labelBaseline) = (26.0, 20.0)
  /// How far the columns' labels are turned, in degrees.
  static let angle = 60.0

  /// The pixels of a letter, of a line and of the scale of colors.
  private static let (letter, line, scale) = (9.0, 18.0, 90.0)
  /// The letters that are shown of a label in a picture that is large enough.
  private static let longest = 30

  /// - Parameter size: that of the picture.
  init(_ map: HeatMap, title: String, size: PictureSize) {
    let (width, height) = (Double(size.width), Double(size.height))
    let heading = title.isEmpty ? 8 : Self.titleBaseline + 20
    let slope = Self.angle * .pi / 180
    bottom = 2 * Self.line + 8
    let across = Self.room(
      width - Self.labelBaseline - 1.5 * Self.line - Self.scale, cells: map.columns.count)
    rows = map.rows.map { Self.cut($0, to: across) }
    let down = Self.room(height - heading - bottom - Self.line, cells: map.rows.count)
    columns = map.columns.map { Self.cut($0, to: down / sin(slope)) }
    left = Self.labelBaseline + 1.5 * Self.line + (rows.map(Self.width).max() ?? 0)
    let highest = columns.map(Self.width).max() ?? 0
    top = heading + highest * sin(slope) + Self.line * cos(slope) + 6
    right = Self.right(columns.map { Self.width($0) * cos(slope) }, room: width - left)
  }

  /// The size of a picture in which cells are as large as possible without the picture becoming huge.
  static func size(_ map: HeatMap, title: String) -> PictureSize {
    let cell = (width: side(map.columns.count, largest: 44), height: side(map.rows.count, largest: 36))
    let inner = (Double(map.columns.count) * cell.width, Double(map.rows.count) * cell.height)
    let large = HeatMapLayout(map, title: title, size: PictureSize(width: 10_000, height: 10_000))
    let reach = large.columns.map { width($0) * cos(angle * .pi / 180) }
    let beyond = overhang(reach, pitch: cell.width)
    let across = large.left + inner.0 + max(scale, beyond)
    let down = large.top + inner.1 + large.bottom
    return PictureSize(
      width: min(10_000, max(320, Int(across.rounded(.up)))),
      height: min(10_000, max(240, Int(down.rounded(.up)))))
  }

  private static func side(_ count: Int, largest: Double) -> Double {
    min(largest, max(20, 2000 / Double(max(1, count))))
  }

  private static func width(_ label: String) -> Double { Double(TextWidth.of(label)) * letter }

  /// What is left of `pixels` for labels beside cells that can still be told apart.
  private static func room(_ pixels: Double, cells: Int) -> Double {
    max(0.3 * pixels, pixels - 20 * Double(cells))
  }

  private static func cut(_ label: String, to pixels: Double) -> String {
    let letters = min(Double(longest), max(3, (pixels / letter).rounded(.down)))
    return TextWidth.clipped(label, to: Int(letters), ellipsis: "…")
  }

  /// The right margin: turned labels reach beyond their columns. The wider it is, the narrower are the columns.
  private static func right(_ reach: [Double], room: Double) -> Double {
    var right = scale
    for _ in 0..<3 {
      let pitch = max(0, room - right) / Double(max(1, reach.count))
      right = max(right, overhang(reach, pitch: pitch))
    }
    return min(right, 0.4 * room)
  }

  /// How far the labels reach beyond the last column.
  private static func overhang(_ reach: [Double], pitch: Double) -> Double {
    reach.enumerated().map { $1 - (Double(reach.count - $0) - 0.5) * pitch }.max() ?? 0
  }
}
