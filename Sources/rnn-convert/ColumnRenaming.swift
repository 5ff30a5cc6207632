// The option --rename.

import ArgumentParser

/// `OLD=NEW` on the command line: a column and its new name.
struct ColumnRenaming: ExpressibleByArgument {
  let old: String
  let new: String

  init?(argument: String) {
    guard let sign = argument.lastIndex(of: "="), sign > argument.startIndex,
      argument.index(after: sign) < argument.endIndex
    else { return nil }
    (old, new) = (String(argument[..<sign]), String(argument[argument.index(after: sign)...]))
  }
}
