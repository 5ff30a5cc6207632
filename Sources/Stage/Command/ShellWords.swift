// Command lines as text that a shell reads as the same words.

/// A command line, quoted for a shell.
public func shellLine(_ words: some Sequence<String>) -> String {
  words.map(shellWord).joined(separator: " ")
}

/// A word, quoted for a shell if it needs that.
public func shellWord(_ word: String) -> String {
  let plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+./:,@%"
  if !word.isEmpty, word.allSatisfy(plain.contains) { return word }
  return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
