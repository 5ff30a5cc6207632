// The name of a command's input in messages.

/// The name of the input `path`, which is standard input if it is nil or `-`.
public func inputName(_ path: String?) -> String {
  path.flatMap { $0 == "-" ? nil : $0 } ?? "standard input"
}
