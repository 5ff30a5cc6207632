// The header of a safetensors document: names, types and positions of its tensors. Everything is checked here before
// it is used: sizes that overflow, and tensors that overlap, leave gaps or extend beyond the end.

import Failures
import JSON
import Tensor

/// The positions of a document's tensors.
struct SafetensorsLayout: Sendable {
  /// The position of a tensor.
  struct Entry: Sendable {
    let type: StoredType
    let shape: [Int]
    /// The tensor's bytes, relative to the beginning of the document.
    let range: Range<Int>

    /// The size of the first dimension; 1 for a scalar.
    var rows: Int { shape.first ?? 1 }
  }

  /// The strings under `__metadata__`.
  let metadata: [String: String]
  /// The positions of the tensors by name.
  let entries: [String: Entry]
  /// The size of the whole document.
  let byteCount: Int

  /// A document begins with its header's length, a 64-bit number.
  static let prefix = 8
  private static let highestRank = 8
  /// The maximum number of JSON values in a header, a multiple of what 16,384 tensors need.
  private static let mostValues = 1 << 18
  /// Shapes with more elements are rejected even if a dimension of size zero makes them empty, so that products of
  /// sizes can't overflow.
  private static let mostElements = 1 << 48

  /// - Parameters:
  ///   - json: the header's text, including padding.
  ///   - limit: the maximum size of the document, in bytes.
  /// - Throws: `Failure.data` if the header isn't valid.
  init(header json: [UInt8], limit: Int) throws(Failure) {
    guard json.first == UInt8(ascii: "{"),
      var members = try JSONValue(parsing: json, mostValues: SafetensorsLayout.mostValues).object
    else {
      throw SafetensorsLayout.broken("it doesn't begin with a brace")
    }
    metadata = try SafetensorsLayout.texts(members.removeValue(forKey: "__metadata__"))
    let start = SafetensorsLayout.prefix + json.count
    var entries: [String: Entry] = [:]
    for (name, member) in members {
      entries[name] = try SafetensorsLayout.entry(name, member, start: start, limit: limit)
    }
    byteCount = try SafetensorsLayout.end(of: entries, start: start)
    guard byteCount <= limit else { throw SafetensorsLayout.tooLarge(limit) }
    self.entries = entries
  }

  static func broken(_ problem: String) -> Failure { .data("damaged safetensors header: \(problem)") }

  static func tooLarge(_ limit: Int) -> Failure {
    .data("a document of more than \(limit >> 20) MiB", remedy: "split it into smaller ones")
  }

  private static func texts(_ value: JSONValue?) throws(Failure) -> [String: String] {
    guard let value else { return [:] }
    guard let members = value.object else { throw broken("__metadata__ is not an object") }
    let texts = members.compactMapValues(\.string)
    guard texts.count == members.count else { throw broken("__metadata__ has a value that is not a string") }
    return texts
  }

  private static func entry(
    _ name: String, _ value: JSONValue, start: Int, limit: Int
  ) throws(Failure) -> Entry {
    guard !name.isEmpty, name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      throw broken("a tensor's name is empty or has control characters")
    }
    guard let members = value.object, members.count == 3, let typeName = members["dtype"]?.string,
      let shape = members["shape"].flatMap(extents), let offsets = members["data_offsets"].flatMap(extents)
    else { throw broken("tensor '\(name)' must have exactly dtype, shape and data_offsets") }
    guard let type = StoredType(rawValue: typeName) else {
      throw Failure.data("tensor '\(name)' has the element type '\(typeName)', which is not supported")
    }
    guard shape.count <= highestRank else {
      throw broken("tensor '\(name)' has more than \(highestRank) dimensions")
    }
    let size = try elementCount(shape, name) * type.byteCount
    guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] - offsets[0] == size else {
      throw broken("tensor '\(name)' is \(size) bytes by its shape, but not by its data_offsets")
    }
    guard offsets[1] <= limit else { throw tooLarge(limit) }
    return Entry(type: type, shape: shape, range: start + offsets[0]..<start + offsets[1])
  }

  /// An array of nonnegative integers.
  private static func extents(_ value: JSONValue) -> [Int]? {
    guard let elements = value.array else { return nil }
    let numbers = elements.compactMap { element -> Int? in
      if case .integer(let number) = element, number >= 0 { Int(exactly: number) } else { nil }
    }
    return numbers.count == elements.count ? numbers : nil
  }

  private static func elementCount(_ shape: [Int], _ name: String) throws(Failure) -> Int {
    var largest = 1
    for extent in shape {
      let (product, overflow) = largest.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflow, product <= mostElements else {
        throw broken("tensor '\(name)' has an impossible shape")
      }
      largest = product
    }
    return shape.contains(0) ? 0 : largest
  }

  /// The end of the data, after checking that the tensors are contiguous.
  private static func end(of entries: [String: Entry], start: Int) throws(Failure) -> Int {
    var end = start
    let ranges = entries.values.map(\.range)
    for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      guard range.lowerBound == end else { throw broken("its tensors overlap or leave gaps") }
      end = range.upperBound
    }
    return end
  }
}

extension SafetensorsLayout {
  /// The number of rows of the columns; 0 if there are no columns or the document is a model.
  var rowCount: Int {
    guard metadata[StreamHeader.kindKey] != StreamHeader.modelKind else { return 0 }
    let columns = entries.filter { !$0.key.hasPrefix(StreamFormat.sidePrefix) }
    let counting = columns.first { name, _ in
      StreamFormat.raggedName(name, in: columns) == nil || name.hasSuffix(StreamFormat.lengths)
    }
    return counting?.value.rows ?? 0
  }

  /// The length of the header according to a document's first eight bytes.
  /// - Throws: `Failure.data` if it exceeds `limit` or is too short for any header.
  static func headerLength(_ bytes: [UInt8], limit: Int) throws(Failure) -> Int {
    let length = bytes.number(at: 0, as: UInt64.self)
    guard length >= 2 else { throw broken("it declares a length of \(length) bytes") }
    guard length <= UInt64(limit) else {
      throw broken("it declares a length of \(length) bytes, more than the limit of \(limit >> 20) MiB")
    }
    return Int(length)
  }
}
