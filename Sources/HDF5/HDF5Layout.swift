// The order of a file's structures: the superblock, the heap of texts, and then each object after its members, so
// that every address is known when it is written.

/// The bytes of a file as they are laid out.
struct HDF5Layout {
  private var bytes: [UInt8] = []
  /// Half of the capacity of a leaf of a group's tree: enough for any group to have one leaf.
  private let leafK: Int
  /// Half of the capacity of an inner node of a group's tree, as in h5py.
  private let internalK = 16
  private var textHeap = 0
  private var textsUsed = 0
  private static let nowhere = UInt64.max
  private static let superblock = 96

  /// - Parameter leafCapacity: the maximum number of members of a group.
  init(leafCapacity: Int) { leafK = max(4, (leafCapacity + 1) / 2) }

  /// The whole file; the superblock is filled in when all addresses are known.
  mutating func file(_ root: HDF5Node) -> [UInt8] {
    bytes = [UInt8](repeating: 0, count: Self.superblock)
    let texts = attributes(root)
    if !texts.isEmpty { addTexts(texts) }
    let (header, tree, heap) = addGroup(root)
    let body = bytes
    bytes = HDF5File.magic
    append([0, 0, 0, 0, 0, 8, 8, 0])
    append(leafK, 2)
    append(internalK, 2)
    append(0, 4)
    for address in [0, Self.nowhere, UInt64(body.count), Self.nowhere] { append(address) }
    for number in [0, header, 1, tree, heap] { append(number, 8) }
    return bytes + body[Self.superblock...]
  }

  /// The texts of all attributes, in the order in which groups are written.
  private func attributes(_ node: HDF5Node) -> [String] {
    node.sortedMembers.flatMap { attributes($0.node) } + (node.attribute.map { [$0] } ?? [])
  }

  // MARK: Objects

  private mutating func addGroup(_ node: HDF5Node) -> (header: Int, tree: Int, heap: Int) {
    let members = node.sortedMembers.map { (name: $0.name, header: add($0.node)) }
    let heap = addNames(members.map(\.name))
    let leaf = addLeaf(zip(heap.offsets, members).map { (name: $0, header: $1.header) })
    let tree = addTree(leaf, isEmpty: members.isEmpty, lastName: heap.offsets.last ?? 0)
    var messages = [
      HDF5Message(kind: .symbolTable) {
        $0.append(tree, 8); $0.append(heap.address, 8)
      }
    ]
    if let text = node.attribute { messages.append(attribute(text)) }
    return (addHeader(messages), tree, heap.address)
  }

  private mutating func add(_ node: HDF5Node) -> Int {
    guard let array = node.array else { return addGroup(node).header }
    let data = array.values.isEmpty ? nil : bytes.count
    bytes.reserveCapacity(bytes.count + 4 * array.values.count + 1024)
    for value in array.values { append(Int(value.bitPattern), 4) }
    align()
    return addHeader(HDF5Message.array(shape: array.shape, at: data))
  }

  /// A version 1 object header; returns its address.
  private mutating func addHeader(_ messages: [HDF5Message]) -> Int {
    let address = bytes.count
    append([1, 0])
    append(messages.count, 2)
    append(1, 4)
    append(messages.reduce(0) { $0 + 8 + $1.bytes.count }, 4)
    append(0, 4)
    for message in messages {
      append(message.kind, 2)
      append(message.bytes.count, 2)
      append(message.isConstant ? 1 : 0, 4)
      append(message.bytes)
    }
    return address
  }

  // MARK: Groups

  /// The heap of a group's names, the first of which is empty.
  private mutating func addNames(_ names: [String]) -> (address: Int, offsets: [Int]) {
    var (data, offsets): ([UInt8], [Int]) = ([UInt8](repeating: 0, count: 8), [])
    for name in names {
      offsets.append(data.count)
      data += Array(name.utf8) + [UInt8](repeating: 0, count: 8 - name.utf8.count % 8)
    }
    let address = bytes.count
    append(Array("HEAP".utf8) + [0, 0, 0, 0])
    // Size of the data, the free list (1: nothing is free), and the data's address after this header.
    for number in [data.count, 1, address + 32] { append(number, 8) }
    append(data)
    return (address, offsets)
  }

  /// The one leaf of a group's tree: a symbol table.
  private mutating func addLeaf(_ members: [(name: Int, header: Int)]) -> Int {
    let address = bytes.count
    append(Array("SNOD".utf8) + [1, 0])
    append(members.count, 2)
    for member in members {
      append(member.name, 8)
      append(member.header, 8)
      append([UInt8](repeating: 0, count: 24))
    }
    append([UInt8](repeating: 0, count: (2 * leafK - members.count) * 40))
    return address
  }

  /// The one node of a group's tree, above its one leaf.
  private mutating func addTree(_ leaf: Int, isEmpty: Bool, lastName: Int) -> Int {
    let address = bytes.count
    append(Array("TREE".utf8) + [0, 0])
    append(isEmpty ? 0 : 1, 2)
    append(Self.nowhere)
    append(Self.nowhere)
    for number in [0, isEmpty ? 0 : leaf, lastName] { append(number, 8) }
    append([UInt8](repeating: 0, count: (4 * internalK - 2) * 8))
    return address
  }

  // MARK: Attributes

  /// The heap of the attributes' texts.
  private mutating func addTexts(_ texts: [String]) {
    textHeap = bytes.count
    let sizes = texts.map { 16 + ($0.utf8.count + 7) / 8 * 8 }
    let used = 16 + sizes.reduce(0, +)
    let size = max(4096, used + 16)
    append(Array("GCOL".utf8) + [1, 0, 0, 0])
    append(size, 8)
    for (number, text) in texts.enumerated() {
      append(number + 1, 2)
      append(1, 2)
      append(0, 4)
      append(text.utf8.count, 8)
      append(Array(text.utf8))
      align()
    }
    // The rest is object 0, free space.
    append(0, 8)
    append(size - used, 8)
    append([UInt8](repeating: 0, count: size - used - 16))
  }

  /// The attribute `name`, a text of variable length that is stored in the heap.
  private mutating func attribute(_ text: String) -> HDF5Message {
    textsUsed += 1
    let (heap, number) = (textHeap, textsUsed)
    return HDF5Message.nameAttribute(count: text.utf8.count, heap: heap, number: number)
  }

  // MARK: Bytes

  private mutating func append(_ more: [UInt8]) { bytes += more }
  private mutating func append(_ number: UInt64) { bytes.append(number, 8) }
  private mutating func append(_ number: Int, _ size: Int) { bytes.append(UInt64(number), size) }
  private mutating func align() { while bytes.count % 8 != 0 { bytes.append(0) } }
}

extension [UInt8] {
  /// Appends a little-endian number of `size` bytes.
  mutating func append(_ number: UInt64, _ size: Int) {
    for shift in 0..<size { append(UInt8(truncatingIfNeeded: number >> UInt64(8 * shift))) }
  }

  /// Appends a little-endian number of `size` bytes.
  mutating func append(_ number: Int, _ size: Int) { append(UInt64(number), size) }
}
