// The kinds of picture files, how each is told from a file's name, and the gnuplot terminal behind it.

import Failures

/// A kind of picture file.
public enum PictureFormat: String, CaseIterable, Sendable {
  /// Pixels.
  case png
  /// Lines, for the web.
  case svg
  /// Lines, for print.
  case pdf

  /// The kind that a file's name asks for.
  /// - Throws: a usage failure where the name ends in none of `.png`, `.svg`, `.pdf`.
  public init(path: String) throws(Failure) {
    let name = path.split(separator: "/").last ?? ""
    let ending = name.split(separator: ".").dropFirst().last.map { $0.lowercased() } ?? ""
    guard let format = PictureFormat(rawValue: ending) else {
      throw .usage(
        "this name doesn't say what kind of picture to write", at: path,
        remedy: "end it in .png, .svg or .pdf")
    }
    self = format
  }

  /// The family that gnuplot asks for: it has Latin and Chinese letters. Where it is not installed, the
  /// system's font choice stands in for it.
  private static let font = "Noto Sans CJK SC"

  /// The same family for browsers, which have no such choice of their own.
  static let webFonts = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"

  /// The arguments of gnuplot's `set terminal`.
  func terminal(_ size: PictureSize) -> String {
    let font = "font '\(PictureFormat.font)"
    let pixels = "\(size.width),\(size.height)"
    switch self {
    case .png: return "pngcairo noenhanced rounded background '#FFFFFF' size \(pixels) \(font),12'"
    case .svg: return "svg noenhanced rounded background '#FFFFFF' size \(pixels) \(font),14'"
    case .pdf:
      let inches = "\(Double(size.width) / 100)in,\(Double(size.height) / 100)in"
      return "pdfcairo noenhanced rounded background '#FFFFFF' size \(inches) \(font),11'"
    }
  }
}
