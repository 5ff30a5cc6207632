// The names of folders for runs: readable, safe for any file system, and one for each run.

/// Names of folders that have been given to runs.
public struct RunFolders: Sendable {
  private var owners: [String: String]

  /// - Parameter owners: for each folder that exists, the ids of the run that it belongs to, or an empty text.
  public init(owners: [String: String] = [:]) { self.owners = owners }

  /// The folder's name for a run: the one that it has; else its name, or its id; else its name with its short id.
  public mutating func name(for run: TrackedStart) -> String {
    if let own = owners.filter({ $0.value == run.id }).keys.min() { return own }
    let wished = Self.safe(run.name ?? run.id)
    let name = owners[wished] == nil ? wished : "\(wished)-\(run.shortID)"
    owners[name] = run.id
    return name
  }

  /// `text` as the name of a file: letters, digits and a few signs stay, all else becomes `_`. Neither empty nor hidden.
  public static func safe(_ text: String) -> String {
    let kept = text.unicodeScalars.prefix(100).map { scalar -> Character in
      let isKept =
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || "-_.,=+@".unicodeScalars.contains(scalar)
      return isKept ? Character(scalar) : "_"
    }
    let name = String(kept)
    return name.isEmpty || name.hasPrefix(".") ? "_\(name)" : name
  }
}
