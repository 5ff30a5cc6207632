// The picture formats, their file extensions and gnuplot terminals.

import Failures

/// A picture format.
public enum PictureFormat: String, CaseIterable, Sendable {
  /// Raster.
  case png
  /// Vector, for the web.
  case svg
  /// Vector, for print.
  case pdf

  /// The format that the extension of `path` names.
  /// - Throws: `Failure(.usage)` if the extension is none of `.png`, `.svg` and `.pdf`.
  public init(path: String) throws(Failure) {
    let name = path.split(separator: "/").last ?? ""
    let fileExtension = name.split(separator: ".").dropFirst().last.map { $0.lowercased() } ?? ""
    guard let format = PictureFormat(rawValue: fileExtension) else {
      throw .usage(
        "the picture format is not known from this name", at: path,
        remedy: "use the extension .png, .svg or .pdf")
    }
    self = format
  }

  /// The font family for gnuplot, with Latin and Chinese characters. If it is not installed, the system picks
  /// a substitute.
  private static let font = "Noto Sans CJK SC"

  /// The same family for browsers, with fallbacks.
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
