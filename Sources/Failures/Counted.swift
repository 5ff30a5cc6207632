// A number with its noun, in the singular or the plural.

/// `1 row`, `2 rows`, `0 classes`: `noun` in the plural unless there is one.
/// - Parameter plural: the plural, where it isn't `noun` with an `s`.
public func counted(_ number: some BinaryInteger, _ noun: String, _ plural: String? = nil) -> String {
  "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
}
