// A page of the documentation, with its shell examples and links.

import Foundation

/// A Markdown file of the repository.
struct Document {
  /// A fenced block: its contents and its first line.
  struct Block {
    let language: Substring
    let line: Int
    let text: String
  }

  private let url: URL
  private let text: String

  /// Reads the page at a path within the repository.
  init(_ path: String) throws {
    url = Shell.repository.appendingPathComponent(path)
    text = try String(contentsOf: url, encoding: .utf8)
  }

  /// The examples that run anywhere, offline: blocks marked `sh`.
  var examples: [Block] { blocks.filter { $0.language == "sh" } }

  /// All commands: `console` blocks need a network, a lot of time, or the reader's files.
  var commands: [Block] { blocks.filter { $0.language == "sh" || $0.language == "console" } }

  /// The output of the examples.
  var results: [Block] { blocks.filter { $0.language == "text" } }

  /// Display formulas.
  var formulas: [String] { text.matches(of: /\$\$[^$]*\$\$/).map { String($0.0) } }

  private var blocks: [Block] {
    var found: [Block] = []
    var open: (language: Substring, line: Int, text: [Substring])?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let block = open, line == "```" {
        found.append(
          Block(language: block.language, line: block.line, text: block.text.joined(separator: "\n")))
        open = nil
      } else if open != nil {
        open?.text.append(line)
      } else if line.hasPrefix("```") {
        open = (line.dropFirst(3), index + 1, [])
      }
    }
    return found
  }

  /// Targets of links and pictures within the repository, without the part after `#`.
  var links: [String] {
    text.matches(of: /\]\(([^)\s#]+)[^)]*\)/).map { String($0.1) }.filter { !$0.contains("://") }
  }

  /// The target of a link.
  func resolve(_ link: String) -> URL { url.deletingLastPathComponent().appendingPathComponent(link) }
}
