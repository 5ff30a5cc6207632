// The text inputs of a run: stages read UTF-8 without a byte order mark, whatever the encoding of the input.

import ByteStreams
import Encodings
import Failures

/// How the encoding of a text is determined. A byte order mark always determines it.
public enum EncodingChoice: Sendable, Equatable {
  /// UTF-8, unless a mark says otherwise.
  case detected
  /// The encoding given by the user.
  case given(TextEncoding)
  /// The encoding of earlier files of this kind; UTF-8 is recognized.
  case usual(TextEncoding)

  /// The encoding's name, to be stored in streams and models; nil if it was detected.
  public var name: String? {
    switch self {
    case .detected: nil
    case .given(let encoding), .usual(let encoding): encoding.name
    }
  }

  /// Whether text without a byte order mark is UTF-8.
  var isUTF8: Bool {
    switch self {
    case .detected: true
    case .given(let encoding), .usual(let encoding): encoding.isUTF8
    }
  }

  /// Throws `Failure` (usage) if the user named an encoding for a tensor stream, which has none.
  public func refuseForStream(named input: String) throws(Failure) {
    guard case .given = self else { return }
    throw .usage(
      "\(input) is a tensor stream, whose text is UTF-8", at: "--encoding", remedy: "omit --encoding")
  }
}

extension StageRun {
  /// The text in a source that `source(_:)` opened, as UTF-8 without a mark.
  /// - Parameters:
  ///   - name: the input's name in messages.
  ///   - acceptsZeros: whether zero bytes are allowed, for example if tokens are bytes.
  /// - Throws: `Failure` (data) if it is not text, or begins with the mark of an encoding other than the given one.
  ///   Bytes that are invalid in the encoding cause an error when they are read.
  public func text(
    _ source: PeekedSource, named name: String, encoding: EncodingChoice = .detected,
    acceptsZeros: Bool = false
  ) throws -> PeekedSource {
    var source = source
    if !acceptsZeros { try refuseBinary(&source, named: name) }
    if let mark = try ByteOrderMark(of: &source) {
      return try text(source, after: mark, named: name, encoding)
    }
    let text = try unmarked(source, named: name, encoding)
    var given: String?
    if case .given(let encoding) = encoding { given = encoding.name }
    return PeekedSource(acceptsZeros ? text : ZeroFreeSource(text, named: name, from: given))
  }

  /// Where in a regular file the text begins, and how many bytes it has, if it is UTF-8 that isn't compressed; else nil.
  /// - Parameter source: what `source(_:)` opened, of which nothing was consumed.
  public func plainText(
    _ source: inout PeekedSource, encoding: EncodingChoice
  ) throws -> (start: FilePosition, size: Int)? {
    guard let start = source.start, let size = try? start.descriptor.stat().size else { return nil }
    let mark = try ByteOrderMark(of: &source)
    guard mark?.encoding.isUTF8 ?? encoding.isUTF8 else { return nil }
    let text = FilePosition(start.descriptor, offset: start.offset + (mark?.bytes.count ?? 0))
    return (text, max(0, Int(size) - text.offset))
  }

  private func text(
    _ source: PeekedSource, after mark: ByteOrderMark, named name: String, _ choice: EncodingChoice
  ) throws -> PeekedSource {
    if case .given(let encoding) = choice, !mark.agrees(with: encoding) {
      throw Failure.usage(
        "\(name) begins with the byte order mark of \(mark.encoding.name)", at: "--encoding \(encoding.name)",
        remedy: "omit --encoding")
    }
    var source = source
    _ = try source.read(upTo: mark.bytes.count)
    guard !mark.encoding.isUTF8 else { return PeekedSource(ZeroFreeSource(source, named: name)) }
    return PeekedSource(try TranscodedSource(source, from: mark.encoding, named: name))
  }

  private func unmarked(
    _ source: PeekedSource, named name: String, _ choice: EncodingChoice
  ) throws -> any ByteSource {
    switch choice {
    case .detected: return source
    case .given(let encoding):
      guard !encoding.needsMark else {
        throw Failure.data(
          "has no byte order mark, which \(encoding.name) needs", at: name,
          remedy: "name the byte order: --encoding utf-16le or utf-16be")
      }
      return try TranscodedSource(source, from: encoding, named: name)
    case .usual(let encoding):
      if encoding.isUTF8 || encoding.needsMark { return source }
      guard encoding.keepsASCII else { return try TranscodedSource(source, from: encoding, named: name) }
      return UsualEncodingSource(source, usually: encoding, named: name) { [self] in
        note("reading \(name) as UTF-8, which it is, unlike the training data (\(encoding.name))")
      }
    }
  }
}
