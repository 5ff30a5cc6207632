// The names of metrics in the language of a chart.

extension ChartLanguage {
  private static let chinese = [
    "loss": "损失", "accuracy": "准确率", "binary_accuracy": "准确率", "categorical_accuracy": "准确率",
    "sparse_categorical_accuracy": "准确率", "mae": "平均绝对误差", "mean_absolute_error": "平均绝对误差",
    "mse": "均方误差", "mean_squared_error": "均方误差", "rmse": "均方根误差",
    "root_mean_squared_error": "均方根误差", "mape": "平均绝对百分比误差",
    "mean_absolute_percentage_error": "平均绝对百分比误差", "auc": "AUC", "precision": "精确率",
    "recall": "召回率", "f1_score": "F1 值", "learning_rate": "学习率", "epoch": "轮次", "step": "步",
  ]

  /// The name of a metric or a column of a history: in Chinese its usual name, where it has one.
  func metric(_ name: String) -> String {
    guard self == .zh else { return name }
    if name.hasPrefix("val_"), let known = Self.chinese[String(name.dropFirst(4))] { return "验证" + known }
    return Self.chinese[name] ?? name
  }
}
