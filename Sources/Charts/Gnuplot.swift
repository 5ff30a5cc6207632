// The gnuplot program: a script goes in, a picture's bytes come out, and what gnuplot complains of becomes
// a failure of ours.

import Failures
import OperatingSystem

/// The gnuplot program as a drawing machine.
public struct Gnuplot: Sendable {
  /// The program's name, searched for in `PATH`.
  private let program: String

  /// `program` is a name searched for in `PATH`, or a path; nothing runs until a picture is drawn.
  public init(program: String = "gnuplot") {
    self.program = program
  }

  /// Draws `chart`.
  /// - Returns: the bytes of a picture file.
  /// - Throws: a failure where gnuplot is not installed or can't draw the chart.
  public func picture(_ chart: Chart, format: PictureFormat, size: PictureSize? = nil) throws(Failure)
    -> [UInt8]
  {
    let script = GnuplotScript(chart, format: format, size: size ?? chart.size).text
    let output = try run(script)
    return format == .svg ? withWebFonts(output) : output
  }

  /// Runs gnuplot on `script` without the user's own settings, which could change any picture.
  private func run(_ script: String) throws(Failure) -> [UInt8] {
    let input = try TemporaryFile()
    let output = try TemporaryFile()
    let errors = try TemporaryFile()
    try input.append(Array(script.utf8))
    try input.rewind()
    let child = try ChildProcess(
      program, ["-d", "-"], input: input, output: output, errors: errors,
      missing: "install it, for example with: apt-get install gnuplot-nox fonts-noto-cjk")
    let status = try child.wait()
    let picture = try output.contents()
    guard status == 0, !picture.isEmpty else { throw complaint(try errors.contents(), status: status) }
    return picture
  }

  /// The first line in which gnuplot says what is wrong; its other lines repeat the script.
  private func complaint(_ messages: [UInt8], status: Int32) -> Failure {
    let lines = String(decoding: messages, as: UTF8.self).split(separator: "\n").map(trimmed)
    let said = lines.first { $0.contains("line ") && $0.contains(":") && !$0.contains("<<") } ?? lines.first
    let reason = said.map { ": " + $0 } ?? " (status \(status))"
    return Failure(
      .software, "gnuplot can't draw the picture\(reason)", remedy: "gnuplot 5.4 or later is needed")
  }

  private func trimmed(_ line: Substring) -> String {
    String(line.drop { $0.isWhitespace || $0 == "^" })
  }

  /// The SVG with further font families to fall back to.
  private func withWebFonts(_ picture: [UInt8]) -> [UInt8] {
    let parts = String(decoding: picture, as: UTF8.self).split(
      separator: "font-family=\"Noto Sans CJK SC\"", omittingEmptySubsequences: false)
    return Array(parts.joined(separator: "font-family=\"\(PictureFormat.webFonts)\"").utf8)
  }
}
