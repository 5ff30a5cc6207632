// Runs gnuplot: a script goes in, the bytes of a picture come out, and gnuplot's error messages become
// failures.

import Failures
import OperatingSystem

/// Draws charts with the gnuplot program.
public struct Gnuplot: Sendable {
  /// The program's name, looked up in `PATH`.
  private let program: String

  /// `program` is a path or a name to look up in `PATH`; it is not run until a picture is drawn.
  public init(program: String = "gnuplot") {
    self.program = program
  }

  /// Draws `chart`.
  /// - Returns: the bytes of a picture file.
  /// - Throws: `Failure` if the chart has values that can't be drawn, or gnuplot is not installed.
  public func picture(_ chart: Chart, format: PictureFormat, size: PictureSize? = nil) throws(Failure)
    -> [UInt8]
  {
    let size = size ?? chart.size
    for case let heat? in chart.panels.map(\.tokenHeat) { try TokenHeatLayout.check(heat, size) }
    let script = try GnuplotScript(chart.drawable(), format: format, size: size).text
    let output = try run(script)
    guard format.isComplete(output) else { throw incomplete }
    switch format {
    case .png: return output
    case .svg: return withWebFonts(output)
    case .pdf: return withoutTime(output)
    }
  }

  /// Runs gnuplot on `script` without the user's settings, which could change any picture.
  private func run(_ script: String) throws(Failure) -> [UInt8] {
    let input = try TemporaryFile()
    let errors = try TemporaryFile()
    try input.append(Array(script.utf8))
    try input.rewind()
    let child = try ChildProcess(
      program, ["-d", "-"], input: input, errors: errors,
      missing: "install it, for example with: apt-get install gnuplot-nox fonts-noto-cjk")
    let picture = try child.output()
    let status = try child.wait()
    let messages = try errors.contents()
    guard status == 0, !picture.isEmpty else { throw failure(messages, status: status) }
    // Of what gnuplot and its libraries remark, only an error of writing harms the picture.
    if String(decoding: messages, as: UTF8.self).lowercased().contains("writ") { throw incomplete }
    return picture
  }

  /// A failure with the first line that states a problem; the other lines repeat the script.
  private func failure(_ messages: [UInt8], status: Int32) -> Failure {
    let lines = String(decoding: messages, as: UTF8.self).split(separator: "\n").map(trimmed)
    let problem =
      lines.first { $0.contains("line ") && $0.contains(":") && !$0.contains("<<") } ?? lines.first
    let reason = problem.map { ": " + $0 } ?? " (status \(status))"
    return Failure(
      .software, "gnuplot can't draw the picture\(reason)", remedy: "gnuplot 5.4 or later is needed")
  }

  private var incomplete: Failure {
    Failure(.io, "gnuplot has written only a part of the picture", remedy: "draw it again")
  }

  private func trimmed(_ line: Substring) -> String {
    String(line.drop { $0.isWhitespace || $0 == "^" })
  }

  /// The SVG with fallback font families.
  private func withWebFonts(_ picture: [UInt8]) -> [UInt8] {
    let parts = String(decoding: picture, as: UTF8.self).split(
      separator: "font-family=\"Noto Sans CJK SC\"", omittingEmptySubsequences: false)
    return Array(parts.joined(separator: "font-family=\"\(PictureFormat.webFonts)\"").utf8)
  }

  /// The PDF with spaces instead of the time, so that the same chart gives the same file.
  private func withoutTime(_ picture: [UInt8]) -> [UInt8] {
    let key = Array("/CreationDate (".utf8)
    let start = picture.indices.suffix(4096).last { picture[$0...].starts(with: key) }
    guard let start, let end = picture[start...].firstIndex(of: UInt8(ascii: ")")) else { return picture }
    var picture = picture
    for index in start...end { picture[index] = UInt8(ascii: " ") }
    return picture
  }
}
