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
