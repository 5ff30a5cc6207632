// Values of rows. SQLite lets any program store a value of any type in any column; one of an unexpected type must not
// end the reader.

import GRDB

extension Row {
  /// The value of a column; nil if it is NULL or can't be converted.
  func value<Value: DatabaseValueConvertible>(_ column: String) -> Value? {
    Value.fromDatabaseValue(self[column] as DatabaseValue)
  }

  /// The text of a column; empty if it is not text.
  func text(_ column: String) -> String { value(column) ?? "" }
}

extension Row {
  /// The value of a column by its position, which is found faster than by name; nil if it is NULL, can't be converted, or
  /// there is no such column.
  func value<Value: DatabaseValueConvertible>(at position: Int) -> Value? {
    // The subscript of any value finds it without GRDB's generic decoding, which takes longer than SQLite.
    guard position < count, let stored = self[position] as (any DatabaseValueConvertible)? else { return nil }
    return Value.fromDatabaseValue(stored.databaseValue)
  }

  /// The text of a column; empty if it is not text.
  func text(at position: Int) -> String { value(at: position) ?? "" }
}
