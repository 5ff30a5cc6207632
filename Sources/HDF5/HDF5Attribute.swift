// Attributes that hold text, as Keras keeps a model's layers and the names of its weights: single texts and lists,
// of a fixed length or in a global heap.

import Failures

extension HDF5File {
  /// The texts of a group's attribute, one if it isn't a list; nil if there is no such attribute.
  /// - Throws: `Failure` (data) if it is damaged, or not text.
  public func texts(_ attribute: String, of group: String) throws(Failure) -> [String]? {
    guard let address = addresses[group] else { return nil }
    let header = try HDF5Header(bytes, at: address, budget)
    for message in header.messages where message.kind == .attribute {
      var cursor = try header.cursor(message)
      if let texts = try texts(attribute, &cursor) { return texts }
    }
    return nil
  }

  /// The texts of the attribute at `cursor`, if it has that name.
  private func texts(_ attribute: String, _ cursor: inout HDF5Cursor) throws(Failure) -> [String]? {
    let (version, flags) = (try cursor.int(1), try cursor.int(1))
    guard (1...3).contains(version) else { throw HDF5Cursor.damaged("an attribute has an unknown version") }
    let sizes = [try cursor.int(2), try cursor.int(2), try cursor.int(2)]
    if version == 3 { try cursor.skip(1) }
    func padded(_ size: Int) -> Int { version == 1 ? (size + 7) & ~7 : size }
    let name = try cursor.part(padded(sizes[0]))
    let (type, space) = (try cursor.part(padded(sizes[1])), try cursor.part(padded(sizes[2])))
    guard bytes[name.offset..<name.offset + sizes[0]].prefix(while: { $0 != 0 }).elementsEqual(attribute.utf8)
    else { return nil }
    guard version == 1 || flags & 1 == 0 else {
      throw Failure.data("the HDF5 file shares types among its objects")
    }
    return try texts(attribute, try TextType(type), count: try HDF5File.count(space), &cursor)
  }

  private func texts(
    _ attribute: String, _ type: TextType, count: Int, _ cursor: inout HDF5Cursor
  ) throws(Failure) -> [String] {
    guard count <= cursor.left / max(1, type.size) else {
      throw HDF5Cursor.damaged("the attribute \(attribute) is longer than its message")
    }
    var (texts, total): ([String], Int) = ([], 0)
    for _ in 0..<count {
      let text = type.isInHeap ? try heapText(&cursor) : try fixedText(type.size, &cursor)
      total += text.count
      guard total <= bytes.count else {
        throw HDF5Cursor.damaged("the attribute \(attribute) repeats its texts")
      }
      guard let valid = String(validating: text, as: UTF8.self) else {
        throw HDF5Cursor.damaged("the attribute \(attribute) is not readable text")
      }
      texts.append(valid)
    }
    return texts
  }

  private func fixedText(_ size: Int, _ cursor: inout HDF5Cursor) throws(Failure) -> ArraySlice<UInt8> {
    let part = try cursor.part(size)
    return bytes[part.offset..<part.offset + size].prefix { $0 != 0 }
  }

  /// A text in a global heap, by its length, the heap's address and the number of the text in it.
  private func heapText(_ cursor: inout HDF5Cursor) throws(Failure) -> ArraySlice<UInt8> {
    let length = try cursor.int(4)
    guard let address = try cursor.addressIfAny(), length > 0 else {
      try cursor.skip(4)
      return []
    }
    return try heaps.object(try cursor.int(4), ofHeapAt: address, length: length)
  }

  /// The number of elements that a dataspace message describes.
  private static func count(_ space: HDF5Cursor) throws(Failure) -> Int {
    var cursor = space
    let (version, rank, _, kind) = (
      try cursor.int(1), try cursor.int(1), try cursor.int(1), try cursor.int(1)
    )
    guard version == 1 || version == 2, rank <= 1 else {
      throw HDF5Cursor.damaged("an attribute has an impossible shape")
    }
    if version == 1 { try cursor.skip(4) }
    if rank == 1 { return try cursor.int(8) }
    // In version 2, a kind of 2 means that there is no element at all.
    return version == 2 && kind == 2 ? 0 : 1
  }
}

/// A datatype message of texts.
private struct TextType {
  /// Whether the texts are in a global heap.
  let isInHeap: Bool
  /// The bytes of an element in the attribute.
  let size: Int

  init(_ message: HDF5Cursor) throws(Failure) {
    var cursor = message
    let (kind, bits) = (try cursor.int(1) & 15, try cursor.int(3))
    size = try cursor.int(4)
    isInHeap = kind == 9
    // An empty list of names is one of numbers.
    guard kind == 3 || (kind == 9 && bits & 15 == 1 && size == 16) || kind == 1 else {
      throw Failure.data("an attribute of the HDF5 file is not text")
    }
  }
}
