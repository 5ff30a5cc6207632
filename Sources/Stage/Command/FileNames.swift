// The names of files for completion, where the shell can't list them itself because words are offered too.

import Glibc

/// The paths that begin with `prefix`, folders with a slash at their end; hidden files only where `prefix` asks.
func filesBeginning(with prefix: String) -> [String] {
  let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
  let start = prefix.dropFirst(folder.count)
  guard let handle = opendir(folder.isEmpty ? "." : folder) else { return [] }
  defer { closedir(handle) }
  var names: [String] = []
  while let entry = readdir(handle) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { bytes in
      bytes.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    guard name != ".", name != "..", name.hasPrefix(start), start.hasPrefix(".") || !name.hasPrefix(".")
    else {
      continue
    }
    names.append(folder + name + (entry.pointee.d_type == DT_DIR ? "/" : ""))
  }
  return names.sorted()
}
