// Writing HDF5 files as h5py writes them: old-style groups, contiguous arrays of F32, and the text attribute `name`
// of a group where Keras has one. The same contents give the same bytes.

/// An HDF5 file being built: groups, and arrays of single-precision numbers.
public final class HDF5Builder {
  private let root = HDF5Node()

  /// A file with an empty root group.
  public init() {}

  /// Adds a group, and the groups that contain it.
  /// - Parameters:
  ///   - path: names joined by `/`; the root is "".
  ///   - name: the text of its attribute `name`.
  public func add(group path: String, name: String? = nil) {
    let node = root.descendant(path)
    if let name { node.attribute = name }
  }

  /// Adds an array, and the groups that contain it. `values` are in C order; their number must match `shape`.
  public func add(array path: String, shape: [Int], _ values: [Float]) {
    precondition(shape.reduce(1, *) == values.count, "shape \(shape) of \(values.count) elements")
    root.descendant(path).array = (shape, values)
  }

  /// The whole file.
  public var encoded: [UInt8] {
    var layout = HDF5Layout(leafCapacity: root.mostMembers)
    return layout.file(root)
  }
}

/// A group, or an array.
final class HDF5Node {
  fileprivate(set) var members: [String: HDF5Node] = [:]
  fileprivate(set) var attribute: String?
  fileprivate(set) var array: (shape: [Int], values: [Float])?

  /// Members in the order of their names' bytes, as required for symbol tables.
  var sortedMembers: [(name: String, node: HDF5Node)] {
    members.map { (name: $0.key, node: $0.value) }.sorted {
      $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
  }

  /// The maximum number of members of this group and those below it.
  fileprivate var mostMembers: Int { members.values.reduce(members.count) { max($0, $1.mostMembers) } }

  fileprivate func descendant(_ path: String) -> HDF5Node {
    path.split(separator: "/").reduce(self) { node, name in
      if let member = node.members[String(name)] { return member }
      let member = HDF5Node()
      node.members[String(name)] = member
      return member
    }
  }
}
