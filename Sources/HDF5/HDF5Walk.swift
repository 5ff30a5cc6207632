// Traversing a file's groups: the members of each, in the old form (a tree of symbol tables, written by h5py) and in
// the new form (links in the object header).

import Failures

/// A traversal of all groups of a file.
struct HDF5Walk {
  private(set) var arrays: [String: HDF5Array] = [:]
  /// The addresses of the groups' headers.
  private(set) var groups: [String: Int] = [:]
  private let bytes: [UInt8]
  private let budget: HDF5Budget
  /// The number of structures that may still be visited: in a damaged file, pointers can form cycles.
  private var structures = 1 << 16
  private static let deepest = 32

  init(_ bytes: [UInt8], _ budget: HDF5Budget) { (self.bytes, self.budget) = (bytes, budget) }

  private mutating func countStructure() throws(Failure) {
    structures -= 1
    guard structures > 0 else { throw HDF5Cursor.damaged("it has too many groups") }
  }

  /// Records the object at `address`, and all of its members if it is a group.
  mutating func visit(_ address: Int, path: String, depth: Int) throws(Failure) {
    try countStructure()
    guard depth < Self.deepest else { throw HDF5Cursor.damaged("its groups are nested too deeply") }
    try budget.spend(path.utf8.count)
    guard groups[path] == nil, arrays[path] == nil else {
      throw HDF5Cursor.damaged("two members of a group have the same name")
    }
    let header = try HDF5Header(bytes, at: address, budget)
    if let members = try members(header) {
      groups[path] = address
      for (name, member) in members {
        try visit(member, path: path.isEmpty ? name : "\(path)/\(name)", depth: depth + 1)
      }
    } else if header.first(.layout) != nil {
      let array = try HDF5Array(header, fileSize: bytes.count)
      try budget.spend(array.range.count)
      arrays[path] = array
    }
  }

  /// The names and addresses of a group's members; nil if the object is not a group.
  private mutating func members(_ header: HDF5Header) throws(Failure) -> [(String, Int)]? {
    if let table = header.first(.symbolTable) {
      var cursor = try header.cursor(table)
      let tree = try cursor.address()
      let names = try HDF5Names(bytes, at: try cursor.address(), budget)
      var members: [(String, Int)] = []
      try collect(tree, level: nil, names, &members)
      return members
    }
    let links = header.messages.filter { $0.kind == .link }
    guard let info = header.first(.linkInfo) else { return links.isEmpty ? nil : try newMembers(header) }
    var cursor = try header.cursor(info)
    try cursor.skip(1)
    if try cursor.number(1) & 1 != 0 { try cursor.skip(8) }
    guard try cursor.addressIfAny() == nil else {
      throw Failure.data(
        "the HDF5 file has groups in a form that Keras doesn't write", remedy: "save it from Keras again")
    }
    return try newMembers(header)
  }

  /// Links in the object header itself.
  private func newMembers(_ header: HDF5Header) throws(Failure) -> [(String, Int)] {
    var members: [(String, Int)] = []
    for message in header.messages where message.kind == .link {
      var cursor = try header.cursor(message)
      try cursor.skip(1)
      let flags = try cursor.int(1)
      let type = flags & 8 != 0 ? try cursor.int(1) : 0
      try cursor.skip((flags & 4 != 0 ? 8 : 0) + (flags & 16 != 0 ? 1 : 0))
      let name = try cursor.name(try cursor.int(1 << (flags & 3)))
      guard type == 0 else { throw HDF5Walk.linked(name) }
      members.append((name, try cursor.address()))
    }
    return members
  }

  private static func linked(_ name: String) -> Failure {
    .data(
      "'\(name)' in the HDF5 file is a link to another file",
      remedy: "only self-contained files are supported")
  }

  /// The members below a node of a group's tree; `level` is the level expected from its parent.
  private mutating func collect(
    _ address: Int, level: Int?, _ names: HDF5Names, _ members: inout [(String, Int)]
  ) throws(Failure) {
    try countStructure()
    var cursor = try HDF5Cursor(bytes, at: address)
    try cursor.expect("TREE")
    let (type, height, count) = (try cursor.int(1), try cursor.int(1), try cursor.int(2))
    guard type == 0, level.map({ $0 == height }) ?? true else {
      throw HDF5Cursor.damaged("a group's tree is malformed")
    }
    try cursor.skip(16)
    for _ in 0..<count {
      try cursor.skip(8)
      let child = try cursor.address()
      if height > 0 {
        try collect(child, level: height - 1, names, &members)
      } else {
        try symbols(child, names, &members)
      }
    }
  }

  /// The members in one leaf of a group's tree.
  private mutating func symbols(
    _ address: Int, _ names: HDF5Names, _ members: inout [(String, Int)]
  ) throws(Failure) {
    var cursor = try HDF5Cursor(bytes, at: address)
    try cursor.expect("SNOD")
    try cursor.skip(2)
    for _ in 0..<(try cursor.int(2)) {
      try countStructure()
      let name = try names.name(at: try cursor.int(8))
      let header = try cursor.addressIfAny()
      let kind = try cursor.int(4)
      try cursor.skip(20)
      guard kind != 2, let header else { throw HDF5Walk.linked(name) }
      members.append((name, header))
    }
  }
}

/// The local heap with the names of a group's members.
private struct HDF5Names {
  private let bytes: [UInt8]
  private let range: Range<Int>
  private let budget: HDF5Budget

  init(_ bytes: [UInt8], at address: Int, _ budget: HDF5Budget) throws(Failure) {
    var cursor = try HDF5Cursor(bytes, at: address)
    try cursor.expect("HEAP")
    try cursor.skip(4)
    let size = try cursor.int(8)
    try cursor.skip(8)
    let start = try cursor.address()
    _ = try HDF5Cursor(bytes, at: start, count: size)
    self.bytes = bytes
    self.budget = budget
    range = start..<start + size
  }

  func name(at offset: Int) throws(Failure) -> String {
    guard offset < range.count else { throw HDF5Cursor.damaged("a name lies outside its heap") }
    let rest = bytes[range.lowerBound + offset..<range.upperBound]
    guard let end = rest.firstIndex(of: 0) else { throw HDF5Cursor.damaged("a name has no end") }
    try budget.spend(end - rest.startIndex)
    return try HDF5Cursor.name(rest[..<end])
  }
}
