// What is known before the text is read: a vocabulary and class names, from a model, a file or the options.

import Failures
import Sequences
import Stage
import TensorFile

/// The vocabulary and the class names that the command line gives.
struct GivenFacts {
  /// nil where it is made from the text.
  private(set) var vocabulary: Vocabulary?
  /// nil where they are the text's own.
  private(set) var classes: ClassNames?

  init(_ command: Tokenize, _ run: StageRun) throws {
    if let path = command.like {
      run.parameter("like", path)
      let header = try Self.header(run.reader(path))
      vocabulary = try Self.vocabulary(header, path)
      classes = try ClassNames(header: header)
    }
    if let path = command.vocab {
      run.parameter("vocab", path)
      vocabulary = try Self.vocabulary(path, command, run)
    }
    if let labels = command.labels { try take(labels, command) }
  }

  private mutating func take(_ labels: String, _ command: Tokenize) throws {
    let names: ClassNames
    do {
      names = try ClassNames(labels.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
    } catch { throw error.placed(at: "--labels") }
    if let classes, classes != names {
      throw Failure.usage(
        "the model's classes are \(classes.names.joined(separator: ","))", at: "--labels",
        remedy: "leave --labels out")
    }
    classes = names
  }

  private static func vocabulary(_ path: String, _ command: Tokenize, _ run: StageRun) throws -> Vocabulary {
    var source = try run.source(path)
    guard try run.isStream(&source) else {
      return try Vocabulary(
        tokensOf: source, named: path, rules: command.tokens.rules, limit: command.vocabSize)
    }
    guard !command.tokens.isGiven, command.vocabSize == nil else {
      throw Failure.usage("the stream's vocabulary has its own rules and size", at: path)
    }
    return try vocabulary(header(run.reader(source, named: path)), path)
  }

  private static func vocabulary(_ header: StreamHeader, _ path: String) throws -> Vocabulary {
    guard let vocabulary = try Vocabulary(header: header) else {
      throw Failure.data("has no vocabulary", at: path, remedy: "name what was made from tokenised text")
    }
    return vocabulary
  }

  /// The header of a stream that was read, and so checked, to its end.
  private static func header(_ reader: TensorReader) throws -> StreamHeader {
    while try reader.next() != nil {}
    return reader.header
  }
}
