// Test cases as plain text: a command line, and its expected results.
//
// A file in Cases/ contains cases one after another. `#` begins a comment line. A case is:
//
//   === its name
//   needs: root script                 skipped unless the user is root, or these programs are installed;
//                                      ulimit: unless a sanitizer needs terabytes of addresses
//   timeout: 90                        seconds, 60 by default
//   setup: rnn-synth sine ... -o s     a line that must succeed first; may be repeated
//   $ rnn-pad --length 5 s             the command line, for bash; further `$` lines continue in the same shell.
//                                      `eventually "test -f s"` waits until a line succeeds, at most for 30 s
//   exit: 65                           0 by default
//   stdout: whole line                 all of standard output, line by line; `stdout:` alone means no output
//   stdout has: words                  a part of it; also `stdout lacks:`
//   stdout json                        there is output, and every line can be parsed as JSON
//   stderr ...                         the same for standard error
//   stderr lines: 1                    the number of lines; also for stdout
//   file: NAME                         must exist afterwards; also `no file: PATTERN`

import Foundation
import Testing

/// A case.
struct CommandCase: Sendable, CustomTestStringConvertible {
  var file: String
  var name: String
  var needs: [String] = []
  var timeout = 60
  var setup: [String] = []
  var script: [String] = []
  var exit: Int32 = 0
  var checks: [Check] = []

  var testDescription: String { "\(file): \(name)" }

  enum Stream: String, Sendable { case stdout, stderr }

  enum Check: Sendable {
    case whole(Stream, [String])
    case has(Stream, String)
    case lacks(Stream, String)
    case lines(Stream, Int)
    case json(Stream)
    case file(String)
    case noFile(String)
  }
}

/// An invalid line.
struct CaseSyntaxError: Error, CustomStringConvertible {
  let description: String
}

extension CommandCase {
  /// All cases of the folder `Cases` next to this file, sorted by file, in the order in which they are written.
  static func all() throws -> [CommandCase] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Cases")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".txt")
    }
    return try files.sorted().flatMap { name in
      let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      return try parse(text, file: String(name.dropLast(4)))
    }
  }

  static func parse(_ text: String, file: String) throws -> [CommandCase] {
    var cases: [CommandCase] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.allSatisfy(\.isWhitespace) || line.hasPrefix("#") { continue }
      if line.hasPrefix("=== ") {
        cases.append(CommandCase(file: file, name: String(line.dropFirst(4))))
      } else if cases.isEmpty || !cases[cases.count - 1].take(String(line)) {
        throw CaseSyntaxError(description: "\(file).txt:\(index + 1): can't read '\(line)'")
      }
    }
    return cases
  }

  /// Parses a line of a case; returns false if it is invalid.
  private mutating func take(_ line: String) -> Bool {
    if line.hasPrefix("$ ") {
      script.append(String(line.dropFirst(2)))
      return true
    }
    let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let key = String(parts[0])
    let value = parts.count > 1 ? parts[1].dropFirst(parts[1].hasPrefix(" ") ? 1 : 0) : ""
    switch key {
    case "needs": needs = value.split(separator: " ").map(String.init)
    case "timeout": timeout = Int(value) ?? timeout
    case "setup": setup.append(String(value))
    case "exit": exit = Int32(value) ?? -1
    case "file": checks.append(.file(String(value)))
    case "no file": checks.append(.noFile(String(value)))
    default: return takeStream(key, String(value))
    }
    return true
  }

  private mutating func takeStream(_ key: String, _ value: String) -> Bool {
    let words = key.split(separator: " ").map(String.init)
    guard let first = words.first, let stream = Stream(rawValue: first), words.count <= 2 else {
      return false
    }
    switch words.dropFirst().first {
    case nil: addLine(value, of: stream)
    case "has": checks.append(.has(stream, value))
    case "lacks": checks.append(.lacks(stream, value))
    case "json": checks.append(.json(stream))
    case "lines":
      guard let count = Int(value) else { return false }
      checks.append(.lines(stream, count))
    default: return false
    }
    return true
  }

  private mutating func addLine(_ line: String, of stream: Stream) {
    let index = checks.firstIndex { if case .whole(stream, _) = $0 { true } else { false } }
    guard let index, case .whole(_, let lines) = checks[index] else {
      return checks.append(.whole(stream, line.isEmpty ? [] : [line]))
    }
    checks[index] = .whole(stream, lines + [line])
  }
}
