// What a disk can contain after a crash: everything that was synced, and any part of the rest.

/// A change of the files in a folder.
enum FileOperation: CustomStringConvertible {
  case create(String)
  case write(file: Int, name: String, offset: Int, bytes: [UInt8])
  case truncate(file: Int, size: Int)
  case rename(String, String)
  case remove(String)
  /// Everything of a file, or of the folder's names, is on the disk.
  case syncFile(Int)
  case syncFolder

  var description: String {
    switch self {
    case .create(let name): "create \(name)"
    case .write(_, let name, let offset, let bytes): "write \(bytes.count) bytes at \(offset) of \(name)"
    case .truncate(let file, let size): "truncate \(file) to \(size)"
    case .rename(let old, let new): "rename \(old) to \(new)"
    case .remove(let name): "remove \(name)"
    case .syncFile(let file): "sync \(file)"
    case .syncFolder: "sync the folder"
    }
  }

  /// Whether this sync makes `other`, which came earlier, durable.
  func settles(_ other: FileOperation) -> Bool {
    switch (self, other) {
    case (.syncFile(let file), .write(let other, _, _, _)), (.syncFile(let file), .truncate(let other, _)):
      file == other
    case (.syncFolder, .create), (.syncFolder, .rename), (.syncFolder, .remove): true
    default: false
    }
  }

  var isSync: Bool {
    switch self {
    case .syncFile, .syncFolder: true
    default: false
    }
  }
}

/// The operations that a crash leaves.
struct CrashState: Hashable {
  /// Their numbers, in order.
  let kept: [Int]

  /// All states of a crash after each operation: of those that are not synced, up to three are lost, or up to three
  /// are kept.
  static func all(_ operations: [FileOperation]) -> [CrashState] {
    var states: [CrashState] = []
    var known: Set<CrashState> = []
    for end in 0...operations.count {
      let (durable, pending) = split(operations, end)
      for chosen in subsets(pending) {
        for kept in [chosen, pending.filter { !chosen.contains($0) }] {
          let state = CrashState(kept: (durable + kept).sorted())
          if known.insert(state).inserted { states.append(state) }
        }
      }
    }
    return states
  }

  /// The operations before `end` that are durable, and those that may be lost. Creating a file is taken as durable, since
  /// losing its name is the same as losing all that follows.
  private static func split(_ operations: [FileOperation], _ end: Int) -> (durable: [Int], pending: [Int]) {
    var (durable, pending) = ([Int](), [Int]())
    for index in 0..<end {
      if operations[index].isSync {
        durable += pending.filter { operations[index].settles(operations[$0]) }
        pending.removeAll { operations[index].settles(operations[$0]) }
      } else if case .create = operations[index] {
        durable.append(index)
      } else {
        pending.append(index)
      }
    }
    return (durable, pending)
  }

  /// The subsets of up to three of the last 24 elements; earlier ones are lost or kept together with them.
  private static func subsets(_ all: [Int]) -> [[Int]] {
    let last = Array(all.suffix(24))
    var result: [[Int]] = [[]]
    for (i, first) in last.enumerated() {
      result.append([first])
      for (j, second) in last.enumerated() where j > i {
        result.append([first, second])
        for (k, third) in last.enumerated() where k > j { result.append([first, second, third]) }
      }
    }
    return result
  }
}

/// Files by name; a name leads to a file, which keeps its contents when it is renamed.
struct CrashDisk {
  private var names: [String: Int] = [:]
  private var files: [[UInt8]] = []

  init(_ contents: [String: [UInt8]]) {
    for name in contents.keys.sorted() {
      names[name] = files.count
      files.append(contents[name] ?? [])
    }
  }

  /// The files with a name.
  var contents: [String: [UInt8]] { names.mapValues { files[$0] } }

  /// The number of the file with a name.
  func file(_ name: String) -> Int? { names[name] }

  mutating func apply(_ operation: FileOperation) {
    switch operation {
    case .create(let name):
      names[name] = files.count
      files.append([])
    case .write(let file, _, let offset, let bytes):
      let end = offset + bytes.count
      if files[file].count < end { files[file] += [UInt8](repeating: 0, count: end - files[file].count) }
      files[file].replaceSubrange(offset..<end, with: bytes)
    case .truncate(let file, let size):
      let missing = size - files[file].count
      files[file] = Array(files[file].prefix(size)) + [UInt8](repeating: 0, count: max(0, missing))
    case .rename(let old, let new): if let file = names.removeValue(forKey: old) { names[new] = file }
    case .remove(let name): names[name] = nil
    case .syncFile, .syncFolder: break
    }
  }
}
