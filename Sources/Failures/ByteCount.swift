// A number of bytes in messages about memory.

/// A number of bytes in a suitable unit: `812 bytes`, `512 KiB`, `1.4 GiB`; units are powers of 1,024.
public func byteCount(_ bytes: Int) -> String {
  let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
  var (size, unit) = (Double(bytes), -1)
  while size >= 1023.5, unit < units.count - 1 { (size, unit) = (size / 1024, unit + 1) }
  guard unit >= 0 else { return counted(bytes, "byte") }
  let tenths = Int((size * 10).rounded())
  let text = size < 9.95 && tenths % 10 != 0 ? "\(tenths / 10).\(tenths % 10)" : "\(Int(size.rounded()))"
  return "\(text) \(units[unit])"
}
