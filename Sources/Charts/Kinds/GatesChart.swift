// What a recurrent layer does with each token of a text: its gates in the words of the field.

extension ChartLanguage {
  private static let gates: [String: (english: String, chinese: String)] = [
    "i": ("input", "输入门"), "f": ("forget", "遗忘门"), "o": ("output", "输出门"), "g": ("candidate", "候选值"),
    "z": ("update", "更新门"), "r": ("reset", "重置门"), "c": ("memory", "记忆"), "h": ("state", "隐藏状态"),
  ]

  /// A gate's letter and name.
  public func gate(_ letter: String) -> String {
    guard let name = Self.gates[letter] else { return letter }
    return "\(letter) \(pick(name.english, name.chinese))"
  }
}

extension Chart {
  /// A text with the gates of a recurrent layer below each token.
  public static func gates(_ heat: TokenHeat, title: String) -> Chart {
    var panel = Panel(x: Axis(""), y: Axis(""), series: [])
    panel.tokenHeat = heat
    return Chart(title: title, panels: [panel], size: TokenHeatLayout.size(heat))
  }
}
