// Command lines as text that a shell reads as the same words.

/// A command line, quoted for a shell.
public func shellLine(_ words: some Sequence<String>) -> String {
  words.map(shellWord).joined(separator: " ")
}

/// What needs no quotation.
private let plainBytes = Set(
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+./:,@%".utf8)

/// A word, quoted for a shell if it needs that.
public func shellWord(_ word: String) -> String {
  if !word.isEmpty, word.utf8.allSatisfy(plainBytes.contains) { return word }
  return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
