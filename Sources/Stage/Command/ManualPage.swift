// A command's manual page, in the man(7) language, generated from the same data as the output of `--help`.

import Failures
import JSON

/// The manual page of a command from ArgumentParser's description in JSON.
/// - Parameters:
///   - dumpedHelp: the output of `--experimental-dump-help`.
///   - version: for the page's footer.
package func manualPage(dumpedHelp: String, version: String) throws -> String {
  let description = try JSONValue(parsing: dumpedHelp)
  guard let command = description["command"], let name = command["commandName"]?.string else {
    throw Failure(.software, "the help data has an unknown form")
  }
  let page = ManualPage(name: name, command: command)
  return page.text(version: version)
}

/// The manual page of the program.
/// - Parameter commands: the name of each command and a sentence that describes it.
package func overviewPage(_ commands: [(name: String, abstract: String)], version: String) -> String {
  let entries = commands.map { command in
    ".TP\n.BR \(escaped(command.name)) (1)\n\(escaped(command.abstract))"
  }
  return """
    .TH RNNPIPE 1 "" "rnnpipe \(escaped(version))" "rnnpipe"
    .SH NAME
    rnnpipe \\- recurrent neural networks as a pipe of small commands
    .SH SYNOPSIS
    \\fBrnn\\-\\fR\\fIname\\fR [\\fIoptions\\fR] [\\fIfile\\fR]
    .br
    \\fBrnnpipe\\fR \\fIname\\fR [\\fIoptions\\fR] [\\fIfile\\fR]
    .SH DESCRIPTION
    Each command reads a file or standard input and writes a file or standard output, so that a pipe of them
    goes from raw data to a trained model and its forecasts. Every run is recorded in a registry.
    .SH COMMANDS
    \(entries.joined(separator: "\n"))

    """
}

private struct ManualPage {
  let name: String
  let command: JSONValue

  func text(version: String) -> String {
    let sections = [head(version), synopsis, discussion, options, subcommands, tail]
    return sections.filter { !$0.isEmpty }.joined(separator: "\n") + "\n"
  }

  private func head(_ version: String) -> String {
    """
    .TH "\(escaped(name.uppercased()))" 1 "" "rnnpipe \(version)" "rnnpipe"
    .SH NAME
    \(escaped(name)) \\- \(escaped(withoutFullStop(command["abstract"]?.string ?? "")))
    """
  }

  private var synopsis: String {
    let positionals = arguments(of: command).filter { $0["kind"]?.string == "positional" }
    let words = positionals.map { argument in
      let word = "\\fI\(escaped(argument["valueName"]?.string ?? "file"))\\fR"
      return (argument["isOptional"]?.bool ?? false) ? "[\(word)]" : word
    }
    let hasOptions = arguments(of: command).contains { $0["kind"]?.string != "positional" }
    let subcommand = subcommandList.isEmpty ? [] : ["\\fIcommand\\fR"]
    let parts = ["\\fB\(escaped(name))\\fR"] + subcommand + (hasOptions ? ["[\\fIoptions\\fR]"] : []) + words
    return ".SH SYNOPSIS\n\(parts.joined(separator: " "))"
  }

  private var discussion: String {
    let text = command["discussion"]?.string ?? ""
    return text.isEmpty ? "" : ".SH DESCRIPTION\n\(paragraphs(text))"
  }

  private var options: String {
    let entries = arguments(of: command).map(entry)
    return entries.isEmpty ? "" : ".SH OPTIONS\n\(entries.joined(separator: "\n"))"
  }

  private var subcommandList: [JSONValue] {
    (command["subcommands"]?.array ?? []).filter { $0["commandName"]?.string != "help" }
  }

  private var subcommands: String {
    let texts = subcommandList.map { subcommand in
      let title = ".SS \"\(escaped(name)) \(escaped(subcommand["commandName"]?.string ?? ""))\""
      let body = [subcommand["abstract"]?.string, subcommand["discussion"]?.string].compactMap { $0 }
      let own = arguments(of: subcommand).filter { $0["sectionTitle"]?.string == nil }.map(entry)
      return ([title] + body.map(paragraphs) + own).joined(separator: "\n")
    }
    return texts.isEmpty ? "" : ".SH COMMANDS\n\(texts.joined(separator: "\n"))"
  }

  private var tail: String {
    """
    .SH EXIT STATUS
    0 success; 64 wrong command line; 65 bad data; 66 no such input; 69 network or library not available;
    70 internal error; 71 out of memory; 73 output can't be created; 74 reading or writing failed; 130 and 143
    stopped by a signal.
    .SH ENVIRONMENT
    .TP
    .B RNN_REGISTRY
    The registry of runs, unless \\fB\\-\\-registry\\fR names one.
    .TP
    .B TMPDIR
    Where input from a pipe is kept if it must be read twice.
    .TP
    .B NO_COLOR
    No colors if set.
    .SH SEE ALSO
    .BR rnnpipe (1)
    """
  }

  private func arguments(of command: JSONValue) -> [JSONValue] {
    (command["arguments"]?.array ?? []).filter { $0["shouldDisplay"]?.bool ?? true }
  }

  private func entry(_ argument: JSONValue) -> String {
    let text = [argument["abstract"]?.string, argument["discussion"]?.string].compactMap { $0 }
    let ending = argument["defaultValue"]?.string.map { " Default: \($0)." } ?? ""
    return ".TP\n\(title(of: argument))\n\(paragraphs(text.joined(separator: "\n\n") + ending))"
  }

  private func title(of argument: JSONValue) -> String {
    let value = escaped(argument["valueName"]?.string ?? "value")
    guard argument["kind"]?.string != "positional" else { return "\\fI\(value)\\fR" }
    let names = (argument["names"]?.array ?? []).map { name in
      let dashes = name["kind"]?.string == "long" ? "--" : "-"
      return "\\fB\(escaped(dashes + (name["name"]?.string ?? "")))\\fR"
    }
    let suffix = argument["kind"]?.string == "option" ? " \\fI\(value)\\fR" : ""
    return names.joined(separator: ", ") + suffix
  }
}

/// Paragraphs as roff: blank lines separate them, indented lines are kept as they are.
private func paragraphs(_ text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
    if line.isEmpty { return ".PP" }
    if line.hasSuffix("EXAMPLES:") { return ".SH EXAMPLES" }
    guard line.hasPrefix(" ") else { return escaped(String(line)) }
    return ".nf\n\(escaped(String(line)))\n.fi"
  }.joined(separator: "\n")
}

/// Text escaped for roff: backslashes and dashes are kept, and no line is interpreted as a request.
private func escaped(_ text: String) -> String {
  var out = ""
  for character in text {
    switch character {
    case "\\": out += "\\e"
    case "-": out += "\\-"
    case "\"": out += "\\(dq"
    default: out.append(character)
    }
  }
  return out.hasPrefix(".") || out.hasPrefix("'") ? "\\&" + out : out
}

private func withoutFullStop(_ text: String) -> String {
  text.hasSuffix(".") ? String(text.dropLast()) : text
}
