// Text in any encoding as UTF-8, converted by iconv while it is read. Invalid bytes are an error: if they were
// replaced, different words would become the same.

import ByteStreams
import Failures
import Glibc

/// A text converted to UTF-8.
public final class TranscodedSource: ByteSource {
  private var source: any ByteSource
  private let encoding: TextEncoding
  private let name: String
  private let handle: iconv_t
  /// Bytes of a character whose other bytes have not arrived yet.
  private var pending: [UInt8] = []
  private var ready: ArraySlice<UInt8> = []
  private var isAtEnd = false
  /// The numbers of line feeds and of bytes converted so far.
  private var (lineFeeds, converted) = (0, 0)
  private static let block = 1 << 16

  /// - Parameter name: the name of the source in messages.
  /// - Throws: `Failure` (software) if iconv can't be used.
  public init(_ source: any ByteSource, from encoding: TextEncoding, named name: String) throws(Failure) {
    guard let handle = TextEncoding.open(encoding.name) else {
      throw Failure(.software, "iconv can't convert \(encoding.name)")
    }
    (self.source, self.encoding, self.name, self.handle) = (source, encoding, name, handle)
  }

  deinit { iconv_close(handle) }

  /// - Throws: `Failure` (data) stating line and byte if the input is not valid in the encoding.
  public func read(upTo count: Int) throws -> [UInt8] {
    while ready.isEmpty, !isAtEnd {
      let bytes = try source.read(upTo: Self.block)
      isAtEnd = bytes.isEmpty
      ready = try convert(pending + bytes)[...]
      lineFeeds += ready.count { $0 == UInt8(ascii: "\n") }
    }
    defer { ready = ready.dropFirst(count) }
    return Array(ready.prefix(count))
  }

  /// Converts all complete characters, and keeps an incomplete one at the end.
  private func convert(_ input: [UInt8]) throws(Failure) -> [UInt8] {
    var output: [UInt8] = []
    var rest = input[...]
    while true {
      let result = step(&rest, &output)
      if result == 0, rest.isEmpty { break }
      if result == E2BIG || result == 0 { continue }
      guard result == EINVAL, !isAtEnd else { throw invalid(rest, after: output, isCut: result == EINVAL) }
      break
    }
    pending = Array(rest)
    if isAtEnd { flush(&output) }
    return output
  }

  /// Converts as much as fits in one piece of output; returns the error number, 0 if there was no error.
  private func step(_ rest: inout ArraySlice<UInt8>, _ output: inout [UInt8]) -> Int32 {
    var number: Int32 = 0
    var left = rest.count
    let piece = [UInt8](unsafeUninitializedCapacity: Self.block * 4) { buffer, filled in
      var room = buffer.count
      left = rest.withUnsafeBufferPointer { bytes in
        var from = UnsafeMutablePointer<CChar>(
          mutating: bytes.baseAddress.map { UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) })
        var to = buffer.baseAddress.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: CChar.self) }
        var left = bytes.count
        if iconv(handle, &from, &left, &to, &room) == -1 { number = errno }
        return left
      }
      filled = buffer.count - room
    }
    converted += rest.count - left
    rest = rest.suffix(left)
    output += piece
    return number
  }

  /// The output that a stateful encoding has held back until the end.
  private func flush(_ output: inout [UInt8]) {
    output += [UInt8](unsafeUninitializedCapacity: 64) { buffer, filled in
      var room = buffer.count
      var to = buffer.baseAddress.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: CChar.self) }
      _ = iconv(handle, nil, nil, &to, &room)
      filled = buffer.count - room
    }
  }

  private func invalid(_ rest: ArraySlice<UInt8>, after output: [UInt8], isCut: Bool) -> Failure {
    let line = lineFeeds + output.count { $0 == UInt8(ascii: "\n") } + 1
    if isCut { return .data("line \(line): the text ends within a character of \(encoding.name)", at: name) }
    let byte = rest.first.map { String($0, radix: 16, uppercase: true) } ?? "?"
    return .data(
      "line \(line): the byte 0x\(byte) at offset \(converted) is not \(encoding.name)", at: name,
      remedy: "give the encoding of the text with --encoding")
  }
}
